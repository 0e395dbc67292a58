import { randomBytes } from 'node:crypto';
import { PlatformError } from '@plinth/contracts';
import { countOf, textOf } from '../../aws/attributes.ts';
import type { Item } from '../../aws/dynamo-caller.ts';
import { ConditionFailed } from '../../aws/dynamo-caller.ts';
import type { DynamoTable } from '../../aws/dynamo-table.ts';
import { UpdateExpression } from '../../aws/expression.ts';
import { leaseLost } from '../bounds.ts';
import type { Lease, RecordResult } from '../batch-store.ts';
import { OrdinalSet } from './ordinal-set.ts';
import type { ResultParts } from './result-parts.ts';
import { runName, RUNS_LIMIT, shardKey } from './shard-item.ts';

const TRIES = 6;

interface Run {
  readonly name: string;
  parts: number;
  readonly committed: OrdinalSet;
}

/** An update that only the holder of the lease can make. It shows that the holder lives. */
export function leaseUpdate({ token }: Lease): UpdateExpression {
  const update = new UpdateExpression();
  update.requireEqual('token', token);
  update.require(`attribute_exists(${update.name('holder')})`);
  update.add('beat', 1);
  return update;
}

export const holds = (item: Item, { token }: Lease): boolean =>
  countOf(item, 'token') === token && item.holder !== undefined;

/**
 * Commits under one lease, one after the other. A run is begun with the first and again after every failure: what an earlier run may still
 * have under way counts no more from then on, or had counted before and is known.
 */
export class LeaseWriter {
  readonly #table: DynamoTable;
  readonly #parts: ResultParts;
  readonly #lease: Lease;
  #run: Run | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(table: DynamoTable, parts: ResultParts, lease: Lease) {
    this.#table = table;
    this.#parts = parts;
    this.#lease = lease;
  }

  commit(results: readonly RecordResult[]): Promise<void> {
    const mine = this.#last.then(() => this.#commit(results));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #commit(results: readonly RecordResult[]): Promise<void> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const run = (this.#run ??= await this.#begin());
      // Of two results of one record the first stays.
      const fresh = [...new Map(results.toReversed().map((result) => [result.ordinal, result])).values()].filter(
        ({ ordinal }) => !run.committed.has(ordinal),
      );
      this.#run = undefined;
      if (fresh.length > 0) await this.#parts.write(this.#lease, `${run.name}-${run.parts}`, fresh);
      if (await this.#count(run, fresh)) {
        this.#run = run;
        return;
      }
    }
    throw new PlatformError('overloaded', 'Too many commit under this lease at once. Retry shortly.');
  }

  /**
   * Makes the part count, and its results. False when another writer of the same lease has begun a run meanwhile, or when this was carried
   * out by an earlier try whose answer was lost: the next run knows which.
   */
  async #count(run: Run, fresh: readonly RecordResult[]): Promise<boolean> {
    const update = new UpdateExpression();
    update.requireEqual('run', run.name);
    update.requireEqual(runName(run.name), run.parts);
    update.add('beat', 1);
    if (fresh.length > 0) {
      for (const { ordinal } of fresh) run.committed.add(ordinal);
      run.parts += 1;
      update.set(runName(run.name), run.parts);
      update.set('ordinals', run.committed.encode());
      const failed = fresh.filter((result) => result.failed).length;
      update.add('failed', failed);
      update.add('completed', fresh.length - failed);
      const sum = (amount: keyof RecordResult['used']) => fresh.reduce((total, { used }) => total + used[amount], 0);
      update.add('in', sum('inputTokens'));
      update.add('out', sum('outputTokens'));
      update.add('usd', sum('nanoUsd'));
    }
    try {
      await this.#table.update(shardKey(this.#lease), update);
      return true;
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      const item = error.item ?? (await this.#table.get(shardKey(this.#lease))) ?? {};
      if (!holds(item, this.#lease)) throw leaseLost(error);
      return false;
    }
  }

  async #begin(): Promise<Run> {
    const name = `${this.#lease.token}-${randomBytes(6).toString('hex')}`;
    const update = leaseUpdate(this.#lease);
    // Should this very update come twice, once late, it must not begin to count anew.
    update.requireAbsent(runName(name));
    update.requireAtMost('runs', RUNS_LIMIT - 1);
    update.set('run', name);
    update.set(runName(name), 0);
    update.add('runs', 1);
    let item: Item;
    try {
      item = await this.#table.update(shardKey(this.#lease), update);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      item = error.item ?? (await this.#table.get(shardKey(this.#lease))) ?? {};
      if (!holds(item, this.#lease)) throw leaseLost(error);
      // There already: an earlier try was carried out whose answer was lost.
      if (item[runName(name)] === undefined)
        throw new PlatformError(
          'storage_failed',
          `This shard was begun ${RUNS_LIMIT} times. See what ends its workers, and cut the batch again.`,
          { cause: error },
        );
    }
    return { name, parts: 0, committed: new OrdinalSet(this.#lease.records, textOf(item, 'ordinals')) };
  }
}
