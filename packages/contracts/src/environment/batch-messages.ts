import { filledText, whole } from '../bounds.ts';
import * as z from '../zod.ts';
import { BatchEngine, BatchShard } from './batch.ts';

/** A batch, for whoever works on it. */
const about = { tenant: filledText(128), batchId: filledText(64) };

/**
 * What the two queues carry. `start` waits in the work queue for a window; in the control queue, which is never paused, it is for a batch whose
 * deadline comes first.
 */
export const BatchMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), ...about }),
  z.object({ kind: z.literal('cancel'), ...about }),
  z.object({ kind: z.literal('sweep') }),
]);
export type BatchMessage = z.infer<typeof BatchMessage>;

/** The steps of the workflow that `services/batch` does, each for one batch, or for one shard of it. Each may be asked for again. */
export const BatchStepRequest = z.discriminatedUnion('step', [
  z.object({ step: z.literal('prepare'), ...about }),
  z.object({ step: z.literal('begin-shard'), ...about, engine: BatchEngine, shard: BatchShard }),
  z.object({ step: z.literal('invoke-async'), ...about, shard: BatchShard }),
  z.object({ step: z.literal('check-async'), ...about, shard: BatchShard }),
  /** `failed`: the engine did not get through, and what it did not answer may be run again. */
  z.object({ step: z.literal('end-shard'), ...about, engine: BatchEngine, shard: BatchShard, failed: z.boolean() }),
  z.object({ step: z.literal('collect'), ...about }),
  z.object({ step: z.literal('fail'), ...about, error: z.looseObject({ Error: z.optional(z.string()) }) }),
]);
export type BatchStepRequest = z.infer<typeof BatchStepRequest>;
export type BatchStep = BatchStepRequest['step'];

/** What `prepare` answers, and the workflow goes on with. */
export const BatchPlan = z.object({
  engine: BatchEngine,
  /** Key of a JSONL file in the input bucket, one {@link BatchShard} a line. */
  manifestKey: filledText(1_024),
  /** What the engine knows the model by; the catalog's own name where it runs only one. */
  modelId: filledText(2_048),
});
export type BatchPlan = z.infer<typeof BatchPlan>;

/** What `begin-shard` answers: how many records the engine is asked for. With none, it is not asked. */
export const BatchBegun = z.object({ asked: whole(0, 50_000) });
export type BatchBegun = z.infer<typeof BatchBegun>;

/** What `invoke-async` and `check-async` answer for a shard. */
export const BatchProgress = z.object({ done: z.boolean() });
export type BatchProgress = z.infer<typeof BatchProgress>;

/** What `collect` and `fail` answer: how the batch ended. */
export const BatchEnd = z.object({ status: z.enum(['completed', 'expired', 'cancelled', 'failed']) });
export type BatchEnd = z.infer<typeof BatchEnd>;

/** Name of the error a step throws when trying again may help; any other ends the batch. */
export const TRY_STEP_AGAIN = 'BatchStepRetryable';
