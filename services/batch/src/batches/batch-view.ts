import type { BatchObject, BatchStatus } from '@plinth/contracts';
import type { BatchRecord, ShardProgress } from '@plinth/stores/batches';

/** How fast a batch goes, where that is known here. */
export interface Pace {
  /** Records a second. */
  readonly rate: number | undefined;
  /** Milliseconds since the epoch. */
  readonly endsAt: number | undefined;
}

const seconds = (at: number | undefined) => (at === undefined ? null : Math.floor(at / 1_000));

/** A batch as OpenAI tells it. @param progress Of its records, while it is open. */
export function batchView(batch: BatchRecord, progress: ShardProgress, pace?: Pace): BatchObject {
  const { request, entered, errors, reservation, total } = batch;
  const since = (status: BatchStatus) => seconds(entered[status]);
  return {
    id: batch.id,
    object: 'batch',
    endpoint: request.endpoint,
    errors: errors.length === 0 ? null : { object: 'list', data: [...errors] },
    input_file_id: request.input_file_id,
    completion_window: request.completion_window,
    status: batch.status,
    output_file_id: batch.outputFileId ?? null,
    error_file_id: batch.errorFileId ?? null,
    created_at: Math.floor(batch.createdAt / 1_000),
    in_progress_at: since('in_progress'),
    expires_at: seconds(batch.expiresAt),
    finalizing_at: since('finalizing'),
    completed_at: since('completed'),
    failed_at: since('failed'),
    expired_at: since('expired'),
    cancelling_at: since('cancelling'),
    cancelled_at: since('cancelled'),
    request_counts: { total, completed: progress.completed, failed: progress.failed },
    metadata: request.metadata ?? null,
    plinth: {
      engine: batch.engine ?? null,
      reasons: [...batch.reasons],
      quote_usd: reservation === undefined ? null : reservation.worstCase.nanoUsd / 1e9,
      cost_usd: progress.used.nanoUsd / 1e9,
      input_tokens: progress.used.inputTokens,
      output_tokens: progress.used.outputTokens,
      rate: pace?.rate ?? null,
      estimated_end_at: seconds(pace?.endsAt),
    },
  };
}
