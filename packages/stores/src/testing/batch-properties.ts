import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PlatformError } from '@plinth/contracts';
import type { BatchStore, Lease, OpenShard, RecordResult } from '../batches/batch-store.ts';
import type { BatchHarness } from './batch-harness.ts';
import { aResult, aShard, resultsOf } from './batch-harness.ts';
import { fresh } from './ledger-harness.ts';

const SHARDS = 2;
const RECORDS = 12;
const WORKERS = 3;

/** What a worker does next with the shard it thinks it has, or with one it has seen. */
type Action = { readonly worker: number } & (
  | { readonly do: 'look'; readonly shard: number }
  | { readonly do: 'take' | 'beat' | 'finish' | 'release' }
  | { readonly do: 'commit'; readonly ordinals: readonly number[]; readonly failed: boolean }
);

const worker = fc.nat(WORKERS - 1);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ worker, do: fc.constant('look' as const), shard: fc.nat(SHARDS - 1) }) },
  { weight: 4, arbitrary: fc.record({ worker, do: fc.constant('take' as const) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      worker,
      do: fc.constant('commit' as const),
      ordinals: fc.uniqueArray(fc.nat(RECORDS - 1), { maxLength: 5 }),
      failed: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ worker, do: fc.constantFrom('beat' as const, 'release' as const) }) },
  { weight: 1, arbitrary: fc.record({ worker, do: fc.constant('finish' as const) }) },
);
/** Each step's actions run at once. */
const scenario = fc.array(fc.array(action, { minLength: 1, maxLength: 5 }), { minLength: 4, maxLength: 25 });

/** Workers that look, take, lose, write late and come back, held against what the store has promised each of them. */
export function batchProperties(harnessOf: () => BatchHarness, runs: number): void {
  it('loses no result, keeps none twice and sums what it keeps, whatever workers do at once', async () => {
    const other = await harnessOf().another();
    try {
      await fc.assert(
        fc.asyncProperty(scenario, async (steps) => {
          const run = new Run([harnessOf().store, other]);
          await run.begin();
          for (const step of steps) {
            await Promise.all(step.map((one) => run.act(one)));
            await run.check();
          }
        }),
        { numRuns: runs },
      );
    } finally {
      await other.close();
    }
  }, 120_000);
}

class Run {
  readonly #stores: readonly BatchStore[];
  readonly #id = fresh('batch');
  readonly #seen: (OpenShard | undefined)[] = [];
  readonly #leases: (Lease | undefined)[] = [];
  /** Highest token handed out, by shard. */
  readonly #tokens = new Array<number>(SHARDS).fill(0);
  /** Every result that was offered, and of those the ones whose commit resolved, by shard and ordinal. */
  readonly #offered = new Map<string, RecordResult[]>();
  readonly #promised = new Map<string, RecordResult[]>();
  /** Results as they were first seen kept: they stay. */
  readonly #kept = new Map<string, RecordResult>();
  readonly #finished = new Set<number>();
  readonly #released = new Set<Lease>();
  readonly #refused: Lease[] = [];
  #line = 0;

  constructor(stores: readonly BatchStore[]) {
    this.#stores = stores;
  }

  async begin(): Promise<void> {
    await this.#stores[0]!.addShards(Array.from({ length: SHARDS }, (_, number) => aShard(this.#id, number, RECORDS)));
  }

  async act(action: Action): Promise<void> {
    const store = this.#stores[action.worker % this.#stores.length]!;
    if (action.do === 'look') {
      const open = await store.openShards(this.#id, SHARDS);
      this.#seen[action.worker] = open.find(({ number }) => number === action.shard);
      return;
    }
    if (action.do === 'take') return this.#take(store, action.worker);
    const lease = this.#leases[action.worker];
    if (!lease) return;
    if (action.do === 'release') {
      this.#released.add(lease);
      return store.release(lease);
    }
    // Whoever has no lease any more when it begins must be refused; it may also be lost meanwhile.
    const stale = this.#isLost(lease);
    try {
      if (action.do === 'beat') await store.beat(lease);
      if (action.do === 'commit') await this.#commit(store, lease, action.ordinals, action.failed);
      if (action.do === 'finish') {
        await store.finish(lease);
        this.#finished.add(lease.number);
      }
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code !== 'conflict') throw error;
      this.#refused.push(lease);
      return;
    }
    // Whoever finished may finish again.
    expect(stale && !(action.do === 'finish' && this.#finished.has(lease.number))).toBe(false);
  }

  #isLost(lease: Lease): boolean {
    return lease.token < this.#tokens[lease.number]! || this.#released.has(lease) || this.#finished.has(lease.number);
  }

  /** After every step: what was promised is there, once, as it was first kept, and the sums are over just that. */
  async check(): Promise<void> {
    for (const lease of this.#refused.splice(0)) expect(this.#isLost(lease)).toBe(true);
    const [store] = this.#stores;
    const sums = { completed: 0, failed: 0, inputTokens: 0, outputTokens: 0, nanoUsd: 0 };
    for (let number = 0; number < SHARDS; number++) {
      const results = await resultsOf(store!, this.#id, number);
      const ordinals = results.map(({ ordinal }) => ordinal);
      expect(ordinals).toEqual([...new Set(ordinals)].toSorted((a, b) => a - b));
      for (const result of results) {
        const name = `${number}/${result.ordinal}`;
        expect(this.#offered.get(name)).toContainEqual(result);
        expect(result).toEqual(this.#kept.get(name) ?? result);
        this.#kept.set(name, result);
        sums[result.failed ? 'failed' : 'completed'] += 1;
        sums.inputTokens += result.used.inputTokens;
        sums.outputTokens += result.used.outputTokens;
        sums.nanoUsd += result.used.nanoUsd;
      }
    }
    for (const name of this.#promised.keys()) expect(this.#kept.has(name)).toBe(true);
    const { completed, failed, ...used } = sums;
    const shardsLeft = SHARDS - this.#finished.size;
    expect(await store!.progress(this.#id)).toEqual({ completed, failed, used, shardsLeft });
  }

  async #take(store: BatchStore, worker: number): Promise<void> {
    const seen = this.#seen[worker];
    if (!seen) return;
    const lease = await store.take(seen, `w${worker}`);
    if (!lease) return;
    expect(lease.token).toBe(this.#tokens[lease.number]! + 1);
    this.#tokens[lease.number] = lease.token;
    this.#leases[worker] = lease;
  }

  async #commit(store: BatchStore, lease: Lease, ordinals: readonly number[], failed: boolean): Promise<void> {
    const results = ordinals.map((ordinal) => {
      const line = `${this.#line++}`;
      const used = { inputTokens: this.#line, outputTokens: ordinal, nanoUsd: lease.token };
      return aResult(ordinal, { line, failed, used });
    });
    const note = (into: Map<string, RecordResult[]>) => {
      for (const result of results) {
        const name = `${lease.number}/${result.ordinal}`;
        into.set(name, [...(into.get(name) ?? []), result]);
      }
    };
    note(this.#offered);
    await store.commit(lease, results);
    note(this.#promised);
  }
}
