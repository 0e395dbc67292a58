import type { BatchEngine, BatchModel, BatchShard } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import { shardRecords } from '@plinth/batching';
import type { BatchRecord, BatchStore, Lease } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import { objectKeys } from '../../object-keys.ts';
import type { DetachedPath } from '../detached-path.ts';
import { shardNumber } from '../places.ts';

/** What steps work with. */
export interface StepParts {
  readonly store: BatchStore;
  readonly objects: ObjectStore;
  readonly catalog: readonly BatchModel[];
  /** The governed path of a batch's records, around an engine that is asked by files. */
  readonly pathOf: (batch: BatchRecord, model: BatchModel, engine: BatchEngine) => DetachedPath;
}

export interface AboutBatch {
  readonly tenant: string;
  readonly batchId: string;
}

export interface AboutShard extends AboutBatch {
  readonly shard: BatchShard;
}

/** Throws `not_found`: no try helps. */
export async function batchOf(store: Pick<BatchStore, 'getBatch'>, about: AboutBatch): Promise<BatchRecord> {
  const batch = await store.getBatch(about.tenant, about.batchId);
  if (batch === undefined) throw new PlatformError('not_found', `There is no batch ${about.batchId} of this tenant.`);
  return batch;
}

/** Throws where nothing more is to be run of a batch. */
export function requireUnderWay({ id, status }: BatchRecord): void {
  if (status !== 'in_progress')
    throw new PlatformError('invalid_request', `Batch ${id} is ${status}: nothing of it is run.`);
}

/**
 * The right to write into a shard; undefined where it is finished. The workflow has one step at a time for a shard, so whoever holds it still is
 * a try that was given up, and is fenced off.
 */
export async function takeShard(
  store: Pick<BatchStore, 'openShards' | 'take'>,
  { batchId, shard }: Pick<AboutShard, 'batchId' | 'shard'>,
): Promise<Lease | undefined> {
  const number = shardNumber(shard);
  const [seen] = await store.openShards(batchId, 1, number);
  if (seen?.number !== number) return undefined;
  const lease = await store.take(seen, `steps-${batchId}-${number}`.slice(-128));
  if (lease === undefined)
    throw new PlatformError('conflict', 'Somebody else took the shard at this moment. Try again.');
  return lease;
}

/** The model that all records of a batch name. */
export async function modelOf(
  { objects, catalog }: Pick<StepParts, 'objects' | 'catalog'>,
  batchId: string,
  number: number,
): Promise<BatchModel> {
  for await (const { line } of shardRecords(objects, { key: objectKeys.shard(batchId, number) })) {
    const model = catalog.find(({ id }) => id === line.body.model);
    if (model !== undefined) return model;
    break;
  }
  throw new PlatformError('configuration', `The model of batch ${batchId} is not in the catalog any more.`);
}
