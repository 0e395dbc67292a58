import type { BatchLine } from '@plinth/contracts';
import type { Amount } from '@plinth/stores';

/** One record on its way to a model. */
export interface BatchRecordCall {
  readonly line: BatchLine;
  /** The same whenever the record is run again: batch, shard and place. */
  readonly requestId: string;
}

/** What a model, or the governed path before it, made of a record. */
export interface RecordOutcome {
  readonly status: number;
  readonly body: unknown;
  readonly used: Amount;
}

/**
 * Answers records one by one: the governed path on the laptop and at the edge, vLLM beside the worker on a Spot machine.
 *
 * Resolves for whatever is final: an answer, or a refusal of this record (status 4xx). Throws a `PlatformError` where trying again
 * may help (`retryable`), and `overloaded`, `upstream_throttled` or `rate_limit_exceeded` where it came too fast.
 */
export interface RecordEngine {
  run(call: BatchRecordCall, options: { readonly signal: AbortSignal }): Promise<RecordOutcome>;
}
