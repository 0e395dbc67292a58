import type { BatchStatus } from '@plinth/contracts';
import type { BatchChange, BatchRecord } from '@plinth/stores/batches';

/** Moves a batch on to a state, from now on. */
export function enter(
  { entered }: Pick<BatchRecord, 'entered'>,
  status: BatchStatus,
  now: number,
): Required<Pick<BatchChange, 'status' | 'entered'>> {
  return { status, entered: { ...entered, [status]: now } };
}
