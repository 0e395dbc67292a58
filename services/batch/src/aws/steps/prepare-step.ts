import { BatchEngine, PlatformError, type BatchPlan, type BatchShard } from '@plinth/contracts';
import type { BatchRecord } from '@plinth/stores/batches';
import { runKeys, shardName } from '../places.ts';
import { batchOf, modelOf, requireUnderWay, type AboutBatch, type StepParts } from './step-parts.ts';

export interface PrepareStepParts extends Pick<StepParts, 'store' | 'objects' | 'catalog'> {
  /** From `validating` to `in_progress`, or to an end. */
  readonly prepare: (batch: BatchRecord, options: { readonly signal: AbortSignal }) => Promise<void>;
}

/** A line of the manifest is some hundred bytes; the store has 100,000 shards a batch at most. */
const MOST_BYTES = 32 * 1024 * 1024;
const PAGE = 1_000;

/**
 * Cuts a batch, chooses its engine and reserves its worst case, once; and lists the shards that are to be worked on, whenever it is asked.
 * Throws for a batch of which nothing is to be run.
 */
export async function prepareStep(about: AboutBatch, parts: PrepareStepParts, signal: AbortSignal): Promise<BatchPlan> {
  const { store, objects, catalog, prepare } = parts;
  let batch = await batchOf(store, about);
  if (batch.status === 'validating') {
    await prepare(batch, { signal });
    batch = await batchOf(store, about);
  }
  requireUnderWay(batch);
  const engine = BatchEngine.parse(batch.engine);
  const model = await modelOf({ objects, catalog }, batch.id, 0);
  const shards = await openShards(store, batch.id);
  if (shards.length === 0) throw new PlatformError('invalid_request', `All shards of batch ${batch.id} are finished.`);
  const manifestKey = runKeys.manifest(batch.id);
  const body = Buffer.from(shards.map((shard) => `${JSON.stringify(shard)}\n`).join(''));
  await objects.put(manifestKey, body, { contentType: 'application/jsonl', maxBytes: MOST_BYTES, signal });
  return { engine, manifestKey, modelId: model.engines[engine]?.modelId ?? model.id };
}

async function openShards(store: Pick<StepParts['store'], 'openShards'>, batchId: string): Promise<BatchShard[]> {
  const shards: BatchShard[] = [];
  for (let from = 0; ;) {
    const page = await store.openShards(batchId, PAGE, from);
    for (const { key, number, records } of page) shards.push({ key, number: shardName(number), records });
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return shards;
    from = last.number + 1;
  }
}
