import { ENDED, type BatchEnd } from '@plinth/contracts';
import type { Clock } from '@plinth/stores';
import type { BatchRecord, BatchStore } from '@plinth/stores/batches';
import type { Conclusion } from '../../work/conclude.ts';
import { batchOf, type AboutBatch, type StepParts } from './step-parts.ts';

export interface ConcludeStepParts {
  readonly store: StepParts['store'];
  readonly clock: Clock;
  readonly conclude: (batch: BatchRecord, conclusion: Conclusion) => Promise<void>;
  /** What follows an end, again: the try before may have ended between the two. */
  readonly finish: (batch: BatchRecord, signal: AbortSignal) => Promise<void>;
}

const PAGE = 1_000;
const SHARD_FAILED = {
  code: 'shard_failed',
  message: 'The engine did not get through the part of the file that this record is in. Submit it again.',
};

/**
 * Ends a batch with all that is committed: whoever still works on a shard is fenced off first, so that nothing is counted after its file is
 * written. @param through Whether the workflow got through: then what is missing failed with its shard.
 */
export async function concludeStep(
  about: AboutBatch,
  through: boolean,
  parts: ConcludeStepParts,
  signal: AbortSignal,
): Promise<BatchEnd> {
  const { store, conclude, finish } = parts;
  const batch = await batchOf(store, about);
  if (ENDED.has(batch.status)) await finish(batch, signal);
  else {
    await fence(store, batch.id);
    await conclude(batch, { ...(await outcomeOf(batch, through, parts)), signal });
  }
  const { status } = await batchOf(store, about);
  return { status: status as BatchEnd['status'] };
}

async function outcomeOf(
  batch: BatchRecord,
  through: boolean,
  { store, clock }: Pick<ConcludeStepParts, 'store' | 'clock'>,
): Promise<Omit<Conclusion, 'signal'>> {
  if (batch.status === 'cancelling') return { outcome: 'cancelled' };
  const { completed, failed } = await store.progress(batch.id);
  if (batch.total > 0 && completed + failed >= batch.total) return { outcome: 'completed' };
  if (through) return { outcome: 'completed', missing: SHARD_FAILED };
  return { outcome: clock.now() >= batch.expiresAt ? 'expired' : 'failed' };
}

async function fence(store: Pick<BatchStore, 'openShards' | 'take' | 'finish'>, batchId: string): Promise<void> {
  for (let open = await store.openShards(batchId, PAGE); open.length > 0; open = await store.openShards(batchId, PAGE))
    for (const shard of open) {
      const lease = await store.take(shard, `end-${batchId}`.slice(-128));
      if (lease !== undefined) await store.finish(lease);
    }
}
