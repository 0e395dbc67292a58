import { answered, failed, joinAnswers, notRun, recordId, shardRecords, type JoinedRecord } from '@plinth/batching';
import { PlatformError, type BatchEngine } from '@plinth/contracts';
import type { Lease, RecordResult } from '@plinth/stores/batches';
import { engineAnswers } from '../engines/engine-answers.ts';
import { tongueOf } from '../engines/tongue-of.ts';
import type { DetachedPath } from '../detached-path.ts';
import { inOrder } from '../in-order.ts';
import { RECORDS_AT_ONCE } from './begin-shard.ts';
import { Committer } from './committer.ts';
import { batchOf, modelOf, takeShard, type AboutShard, type StepParts } from './step-parts.ts';

const NO_ANSWER = {
  code: 'upstream_failed',
  message: 'The engine gave no answer to this record, or none that can be read.',
};
const NO_USE = { inputTokens: 0, outputTokens: 0, nanoUsd: 0 };

/**
 * Takes in what an engine answered to a shard: guarded, counted, committed. A record without an answer fails, unless its engine did not get
 * through: then it is left open, and told of as not run when the batch ends.
 */
export async function endShard(
  about: AboutShard & { readonly engine: BatchEngine; readonly failed: boolean },
  parts: StepParts,
  signal: AbortSignal,
): Promise<Record<string, never>> {
  const { store, objects } = parts;
  const { batchId, engine, shard } = about;
  const batch = await batchOf(store, about);
  const lease = await takeShard(store, about);
  if (lease === undefined) return {};
  const model = await modelOf(parts, batchId, lease.number);
  const path = parts.pathOf(batch, model, engine);
  const committed = new Set(await store.committed(lease));
  const records = shardRecords(objects, lease, { signal, skip: (ordinal) => committed.has(ordinal) });
  const answers = engineAnswers(objects, { batchId, engine, shard, records: lease.records }, signal);
  const results = new Committer(store, lease);
  const judge = (joined: JoinedRecord) => resultOf(joined, { lease, path, engine, engineFailed: about.failed }, signal);
  for await (const result of inOrder(joinAnswers(records, answers), RECORDS_AT_ONCE, judge))
    if (result !== undefined) await results.add(result);
  await results.flush();
  await (about.failed ? store.release(lease) : store.finish(lease));
  return {};
}

async function resultOf(
  { answer, ...record }: JoinedRecord,
  { lease, path, engine, engineFailed }: ResultParts,
  signal: AbortSignal,
): Promise<RecordResult | undefined> {
  const { ordinal, line } = record;
  const id = recordId(lease, ordinal);
  if (answer === undefined)
    return engineFailed ? undefined : { ordinal, line: notRun(id, line, NO_ANSWER), failed: true, used: NO_USE };
  const tongue = tongueOf(engine, line.body.model);
  if (answer.fault !== undefined) return failure(id, record, tongue.fault(answer.fault));
  try {
    return answered(id, record, await path.answer({ line, requestId: id }, tongue.events(answer.output), signal));
  } catch (error) {
    const { code, retryable } = PlatformError.from(error);
    // Ours to try again: the audit log, the guardrail. The model's own failure is its last word.
    if (signal.aborted || (retryable && code !== 'upstream_failed')) throw error;
    return failure(id, record, PlatformError.from(error));
  }
}

interface ResultParts {
  readonly lease: Lease;
  readonly path: DetachedPath;
  readonly engine: BatchEngine;
  readonly engineFailed: boolean;
}

function failure(id: string, record: Pick<JoinedRecord, 'ordinal' | 'line'>, error: PlatformError): RecordResult {
  return failed(id, record, error, error.status < 500 && !error.retryable);
}
