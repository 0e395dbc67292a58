import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoCaller } from '../../aws/dynamo-caller.ts';
import { DynamoTable } from '../../aws/dynamo-table.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { BatchStore } from '../batch-store.ts';
import { DynamoCards } from './dynamo-cards.ts';
import { DynamoShards } from './dynamo-shards.ts';
import { ResultParts } from './result-parts.ts';

export interface DynamoBatchesOptions {
  /** A client, or `createDynamoClient(…)`, which loads the SDK at the first call only. */
  readonly client: DynamoDBClient | (() => Promise<DynamoDBClient>);
  /** With the string keys `pk` and `sk`. */
  readonly table: string;
  /** Results are objects under `parts/`. */
  readonly objects: ObjectStore;
}

/** Files' cards, batches and shards in a table, results in an object store. */
export function openDynamoBatches({ client, table, objects }: DynamoBatchesOptions): BatchStore {
  const items = new DynamoTable(new DynamoCaller(client), table);
  const cards = new DynamoCards(items);
  const shards = new DynamoShards(items, new ResultParts(objects));
  return {
    putFile: (file) => cards.putFile(file),
    getFile: (tenant, id) => cards.getFile(tenant, id),
    listFiles: (tenant, page) => cards.listFiles(tenant, page),
    deleteFile: (tenant, id) => cards.deleteFile(tenant, id),
    createBatch: (batch) => cards.createBatch(batch),
    getBatch: (tenant, id) => cards.getBatch(tenant, id),
    listBatches: (tenant, page) => cards.listBatches(tenant, page),
    openBatches: (limit) => cards.openBatches(limit),
    changeBatch: (batch, change) => cards.changeBatch(batch, change),
    addShards: (added) => shards.addShards(added),
    openShards: (batchId, limit, from) => shards.openShards(batchId, limit, from),
    take: (seen, holder) => shards.take(seen, holder),
    beat: (lease) => shards.beat(lease),
    committed: (lease) => shards.committed(lease),
    commit: (lease, results) => shards.commit(lease, results),
    finish: (lease) => shards.finish(lease),
    release: (lease) => shards.release(lease),
    progress: (batchId) => shards.progress(batchId),
    results: (shard) => shards.results(shard),
    dropShards: (batchId) => shards.dropShards(batchId),
    // The client is whoever's made it.
    close: () => Promise.resolve(),
  };
}
