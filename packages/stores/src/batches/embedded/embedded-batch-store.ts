import { CALL } from '../../embedded/protocol.ts';
import type { GroupCommit } from '../../embedded/group-commit.ts';
import { BATCH_BOUNDS, checkName, checkResults, checkShard, listLimit, openLimit, serializeCard } from '../bounds.ts';
import type {
  BatchChange,
  BatchRecord,
  BatchStore,
  FileRecord,
  Lease,
  OpenShard,
  RecordResult,
  ShardCard,
} from '../batch-store.ts';
import type { Methods } from './engine.ts';

/** The queue takes 20,000 kilobytes of what waits; the largest commit counts as a fifth of it, so that it is taken at all. */
const WEIGHT_LIMIT = 4_000;

/** Batches in a SQLite file of their own, written by a thread of their own: neither the event loop nor the ledger waits for a result. */
export class EmbeddedBatchStore implements BatchStore {
  readonly #queue: GroupCommit;

  constructor(queue: GroupCommit) {
    this.#queue = queue;
  }

  async putFile(file: FileRecord): Promise<void> {
    await this.#write('putFile', serializeCard(file).length, file);
  }

  async getFile(tenant: string, id: string): Promise<FileRecord | undefined> {
    return this.#call('getFile', tenant, id);
  }

  async listFiles(...[tenant, page]: Parameters<BatchStore['listFiles']>) {
    return this.#call('listFiles', tenant, page.after, listLimit(page.limit), page.purpose);
  }

  async deleteFile(tenant: string, id: string): Promise<boolean> {
    return this.#call('deleteFile', tenant, id);
  }

  async createBatch(batch: BatchRecord): Promise<void> {
    await this.#write('createBatch', serializeCard(batch).length, batch);
  }

  async getBatch(tenant: string, id: string): Promise<BatchRecord | undefined> {
    return this.#call('getBatch', tenant, id);
  }

  async listBatches(...[tenant, page]: Parameters<BatchStore['listBatches']>) {
    return this.#call('listBatches', tenant, page.after, listLimit(page.limit));
  }

  async openBatches(limit: number): Promise<readonly BatchRecord[]> {
    return this.#call('openBatches', openLimit(limit));
  }

  async changeBatch(
    { tenant, id, revision }: Pick<BatchRecord, 'tenant' | 'id' | 'revision'>,
    change: BatchChange,
  ): Promise<BatchRecord> {
    return this.#write('changeBatch', JSON.stringify(change).length, tenant, id, revision, change);
  }

  async addShards(shards: readonly ShardCard[]): Promise<void> {
    for (const shard of shards) checkShard(shard);
    for (let start = 0; start < shards.length; start += BATCH_BOUNDS.open)
      await this.#call('addShards', shards.slice(start, start + BATCH_BOUNDS.open));
  }

  async openShards(batchId: string, limit: number, from = 0): Promise<readonly OpenShard[]> {
    return this.#call('openShards', batchId, openLimit(limit), from);
  }

  async take(seen: OpenShard, holder: string): Promise<Lease | undefined> {
    checkName(holder, 'A holder');
    return this.#call('take', seen, holder);
  }

  async beat(lease: Lease): Promise<void> {
    return this.#call('beat', lease);
  }

  async committed(lease: Lease): Promise<readonly number[]> {
    return this.#call('committed', lease);
  }

  async commit(lease: Lease, results: readonly RecordResult[]): Promise<void> {
    await this.#write('commit', checkResults(lease, results), lease, results);
  }

  async finish(lease: Lease): Promise<void> {
    return this.#call('finish', lease);
  }

  async release(lease: Lease): Promise<void> {
    return this.#call('release', lease);
  }

  async progress(batchId: string) {
    return this.#call('progress', batchId);
  }

  async *results({ batchId, number }: Pick<ShardCard, 'batchId' | 'number'>): AsyncGenerator<readonly RecordResult[]> {
    let page = await this.#call('results', batchId, number, 0);
    while (page.length > 0) {
      yield page;
      page = await this.#call('results', batchId, number, page.at(-1)!.ordinal + 1);
    }
  }

  async dropShards(batchId: string): Promise<void> {
    while (await this.#call('dropSome', batchId));
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  #call<M extends keyof Methods>(method: M, ...args: Parameters<Methods[M]>): Promise<ReturnType<Methods[M]>> {
    return this.#write(method, 0, ...args);
  }

  /** `bytes`: what it carries, so that many large ones do not gather in memory. */
  #write<M extends keyof Methods>(
    method: M,
    bytes: number,
    ...args: Parameters<Methods[M]>
  ): Promise<ReturnType<Methods[M]>> {
    const weight = Math.min(WEIGHT_LIMIT, 1 + Math.floor(bytes / 1024));
    return this.#queue.submit([CALL, method, ...args], weight) as Promise<ReturnType<Methods[M]>>;
  }
}
