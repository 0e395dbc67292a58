import { keyOf, textOf } from '../../aws/attributes.ts';
import type { Item } from '../../aws/dynamo-caller.ts';
import { ConditionFailed } from '../../aws/dynamo-caller.ts';
import type { DynamoTable } from '../../aws/dynamo-table.ts';
import { UpdateExpression } from '../../aws/expression.ts';
import { checkName, checkResults, checkShard, leaseLost, openLimit } from '../bounds.ts';
import type { Lease, OpenShard, RecordResult, ShardCard, ShardProgress } from '../batch-store.ts';
import { atOnce } from './at-once.ts';
import { leaseUpdate, LeaseWriter } from './lease-writer.ts';
import { OrdinalSet } from './ordinal-set.ts';
import type { ResultParts } from './result-parts.ts';
import {
  isDone,
  newShard,
  openShardOf,
  partsOf,
  SEEN,
  shardKey,
  shardSk,
  shardsOf,
  sumOf,
  SUMS,
} from './shard-item.ts';

const AT_ONCE = 16;
/** Writers kept; one that is let go begins anew. */
const WRITERS_LIMIT = 1_000;

/** Shards as items (shard-item.ts), their results as parts in the object store. */
export class DynamoShards {
  readonly #table: DynamoTable;
  readonly #parts: ResultParts;
  readonly #writers = new Map<string, LeaseWriter>();

  constructor(table: DynamoTable, parts: ResultParts) {
    this.#table = table;
    this.#parts = parts;
  }

  async addShards(shards: readonly ShardCard[]): Promise<void> {
    for (const shard of shards) checkShard(shard);
    await atOnce(shards, AT_ONCE, async (shard) => {
      try {
        await this.#table.put(newShard(shard), true);
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
      }
    });
  }

  async openShards(batchId: string, limit: number, from = 0): Promise<readonly OpenShard[]> {
    const wanted = openLimit(limit);
    const open: OpenShard[] = [];
    const after = from > 0 ? shardSk(from - 1) : undefined;
    for await (const items of this.#table.query({ ...shardsOf(batchId), after, attributes: SEEN })) {
      for (const item of items) if (!isDone(item)) open.push(openShardOf(batchId, item));
      if (open.length >= wanted) break;
    }
    return open.slice(0, wanted);
  }

  async take(seen: OpenShard, holder: string): Promise<Lease | undefined> {
    checkName(holder, 'A holder');
    const { batchId, number, records, key, token, beat } = seen;
    const update = new UpdateExpression();
    update.requireEqual('token', token);
    update.requireEqual('beat', beat);
    update.requireAbsent('done');
    update.add('token', 1);
    update.add('beat', 1);
    update.set('holder', holder);
    update.remove('run');
    // Where the answer to our own update was lost, nobody has the shard until the lease time is over.
    return (await this.#holds(seen, update)) ? { batchId, number, records, key, token: token + 1, holder } : undefined;
  }

  async beat(lease: Lease): Promise<void> {
    if (!(await this.#holds(lease, leaseUpdate(lease)))) throw leaseLost();
  }

  async committed(lease: Lease): Promise<readonly number[]> {
    const item = await this.#table.get(shardKey(lease));
    return item ? new OrdinalSet(lease.records, textOf(item, 'ordinals')).values() : [];
  }

  async commit(lease: Lease, results: readonly RecordResult[]): Promise<void> {
    checkResults(lease, results);
    await this.#writerOf(lease).commit(results);
  }

  async finish(lease: Lease): Promise<void> {
    const update = new UpdateExpression();
    update.requireEqual('token', lease.token);
    update.require(`(attribute_exists(${update.name('holder')}) OR attribute_exists(${update.name('done')}))`);
    update.add('beat', 1);
    update.set('done', 1);
    update.remove('holder');
    update.remove('run');
    this.#writers.delete(nameOf(lease));
    if (!(await this.#holds(lease, update))) throw leaseLost();
  }

  async release(lease: Lease): Promise<void> {
    const update = leaseUpdate(lease);
    update.remove('holder');
    update.remove('run');
    this.#writers.delete(nameOf(lease));
    await this.#holds(lease, update);
  }

  async progress(batchId: string): Promise<ShardProgress & { readonly shardsLeft: number }> {
    const items: Item[] = [];
    for await (const page of this.#table.query({ ...shardsOf(batchId), attributes: [...SUMS, 'done'] }))
      items.push(...page);
    return sumOf(items);
  }

  async *results(shard: Pick<ShardCard, 'batchId' | 'number'>): AsyncGenerator<readonly RecordResult[]> {
    const item = await this.#table.get(shardKey(shard));
    if (item) yield* this.#parts.read(shard, partsOf(item));
  }

  async dropShards(batchId: string): Promise<void> {
    const { pk, prefix } = shardsOf(batchId);
    for await (const items of this.#table.query({ pk, prefix, attributes: ['sk'] }))
      await this.#table.deleteMany(items.map((item) => keyOf(pk, textOf(item, 'sk'))));
    await this.#parts.drop(batchId);
  }

  /** Whether the update's condition held. */
  async #holds(shard: Pick<ShardCard, 'batchId' | 'number'>, update: UpdateExpression): Promise<boolean> {
    try {
      await this.#table.update(shardKey(shard), update);
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  }

  #writerOf(lease: Lease): LeaseWriter {
    const name = nameOf(lease);
    const known = this.#writers.get(name);
    if (known) return known;
    const [oldest] = this.#writers.keys();
    if (this.#writers.size >= WRITERS_LIMIT && oldest !== undefined) this.#writers.delete(oldest);
    const writer = new LeaseWriter(this.#table, this.#parts, lease);
    this.#writers.set(name, writer);
    return writer;
  }
}

const nameOf = ({ batchId, number, token }: Lease): string => `${batchId}\n${number}\n${token}`;
