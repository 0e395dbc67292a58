import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchAnswerLine } from '@plinth/contracts';
import type { BatchRecord, BatchStore, RecordResult } from '@plinth/stores/batches';
import { openEmbeddedBatches } from '@plinth/stores/batches/embedded';
import { BatchWorker } from '../run/batch-worker.ts';
import type { BatchOutcome, BatchWorkerOptions, WorkerFailure } from '../run/worker-options.ts';
import { splitFile } from '../split/split-file.ts';
import { runnableBatch } from './batch-card.ts';
import { ManualTimers } from './manual-timers.ts';
import { MemoryObjects } from './memory-objects.ts';

/** A Monday, 12:00 in UTC. */
export const MIDDAY = Date.UTC(2026, 10, 30, 12);
const DAY = 86_400_000;

/** A store in a folder of its own, opened once for many workbenches: that takes a second. */
export async function openStore(): Promise<{ readonly store: BatchStore; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-batching-'));
  const store = await openEmbeddedBatches({ folder, durable: false });
  const close = async () => {
    await store.close();
    await rm(folder, { recursive: true });
  };
  return { store, close };
}

/** A real store, objects in memory, and time that stands still: what workers of batches are tried on. */
export class Workbench {
  readonly #workers: BatchWorker[] = [];
  readonly #store: BatchStore;
  /** What the store is asked and has not answered yet. */
  readonly #asked = new Set<Promise<unknown>>();
  readonly objects = new MemoryObjects();
  readonly timers = new ManualTimers();
  readonly clock = { now: () => MIDDAY + this.timers.now() - ManualTimers.START };
  /** How batches ended, by id. */
  readonly concluded = new Map<string, BatchOutcome>();
  readonly failures: WorkerFailure[] = [];

  constructor(store: BatchStore) {
    this.#store = store;
  }

  get store(): BatchStore {
    return this.storeBut({});
  }

  shardKey(batchId: string, number: number): string {
    return `shards/${batchId}/${number}`;
  }

  /** A batch that is cut and may be run, with records `r0`, `r1` and so on. */
  async submit(records: number, more: Partial<BatchRecord> & { readonly recordsPerShard?: number } = {}) {
    const { recordsPerShard, ...card } = more;
    const id = `batch_${randomUUID()}`;
    const file = Array.from({ length: records }, (_, index) => request(`r${index}`)).join('\n');
    const { shards } = await splitFile(lines(file), {
      batchId: id,
      endpoint: '/v1/chat/completions',
      knowsModel: () => true,
      objects: this.objects,
      shardKey: (number) => this.shardKey(id, number),
      recordsPerShard,
    });
    const cut = { id, tenant: 'acme', createdAt: MIDDAY, total: records, shards: shards.length };
    const batch = runnableBatch({ ...cut, ...card });
    await this.store.addShards(shards);
    await this.store.createBatch(batch);
    return batch;
  }

  /** A worker that ends batches as a service does; to be started. */
  worker(options: Partial<BatchWorkerOptions> & Pick<BatchWorkerOptions, 'engineFor'>): BatchWorker {
    const worker = new BatchWorker({
      store: this.store,
      objects: this.objects,
      name: `worker-${this.#workers.length}`,
      conclude: async (batch, { outcome }) => {
        await this.store.changeBatch(batch, { status: outcome });
        this.concluded.set(batch.id, outcome);
      },
      clock: this.clock,
      timers: this.timers,
      random: () => 0.5,
      onFailure: (failure) => this.failures.push(failure),
      ...options,
    });
    this.#workers.push(worker);
    return worker;
  }

  /** The store, with some of its methods replaced. */
  storeBut(replaced: Partial<BatchStore>): BatchStore {
    const ask = (name: keyof BatchStore, args: unknown[]): unknown => {
      const answer = (this.#store[name] as (...args: unknown[]) => unknown).apply(this.#store, args);
      if (answer instanceof Promise) {
        const asked: Promise<unknown> = answer.then(
          () => this.#asked.delete(asked),
          () => this.#asked.delete(asked),
        );
        this.#asked.add(asked);
      }
      return answer;
    };
    return new Proxy(this.#store, {
      get: (_, name: keyof BatchStore) => replaced[name] ?? ((...args: unknown[]) => ask(name, args)),
    });
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 4; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      for (; this.#asked.size > 0; quiet = 0) await Promise.all(this.#asked);
    }
  }

  /** Moves time on, a little at a time, letting what wakes up act in between. */
  async advance(ms: number, step = Math.max(100, ms / 10)): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      this.timers.move(Math.min(left, step));
      await this.settle();
    }
  }

  /** Lets time go on until something holds; an error after a day. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    await this.settle();
    for (let step = 250, gone = 0; !(await holds()); gone += step, step = Math.min(60_000, step * 1.1)) {
      if (gone > 2 * DAY) throw new Error('It has not happened within two days.');
      await this.advance(step, step);
    }
  }

  async untilConcluded({ id }: Pick<BatchRecord, 'id'>): Promise<BatchOutcome> {
    await this.until(() => this.concluded.has(id));
    return this.concluded.get(id)!;
  }

  async results({ id, shards }: Pick<BatchRecord, 'id' | 'shards'>): Promise<readonly RecordResult[]> {
    const results: RecordResult[] = [];
    for (let number = 0; number < shards; number++)
      for await (const page of this.store.results({ batchId: id, number })) results.push(...page);
    return results;
  }

  async answers(batch: Pick<BatchRecord, 'id' | 'shards'>): Promise<readonly BatchAnswerLine[]> {
    return (await this.results(batch)).map(({ line }) => JSON.parse(line) as BatchAnswerLine);
  }

  /** Stops its workers, and leaves no open batch to the next. */
  async close(): Promise<void> {
    await Promise.all([...this.#workers.map((worker) => worker.stop({ drainMs: 0 })), this.advance(10_000)]);
    for (const batch of await this.#store.openBatches(1_000))
      await this.#store.changeBatch(batch, { status: 'cancelled' });
  }
}

function request(id: string): string {
  const body = { model: 'small', messages: [{ role: 'user', content: id }] };
  return JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body });
}

async function* lines(file: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(file);
}
