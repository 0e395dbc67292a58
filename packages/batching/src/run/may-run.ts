import type { Clock } from '@plinth/stores';
import type { BatchRecord, BatchStore } from '@plinth/stores/batches';
import type { EngineShare } from './engine-share.ts';
import type { Schedule } from './windows.ts';

export interface MayRunParts {
  readonly store: Pick<BatchStore, 'progress'>;
  readonly clock: Clock;
  readonly schedule: Schedule | undefined;
  readonly share: Pick<EngineShare, 'rate'>;
  readonly expectedRate?: number;
}

/** Time kept in hand, as a part of what is needed. */
const RESERVE = 1.25;

/** Whether a batch may be run now: in its window, after its start, or when the time that is left to those would not do for what is left of it. */
export async function mayRun(batch: BatchRecord, parts: MayRunParts): Promise<boolean> {
  const { store, clock, share, expectedRate = 1 } = parts;
  const schedule = batch.request.plinth?.off_peak === false ? undefined : parts.schedule;
  const now = clock.now();
  const start = Math.max(now, batch.startAfter ?? now);
  if (start === now && (schedule === undefined || schedule.isOpen(now))) return true;
  const { completed, failed } = await store.progress(batch.id);
  const neededMs = ((batch.total - completed - failed) / (share.rate || expectedRate)) * 1_000 * RESERVE;
  const enough =
    schedule === undefined
      ? start + neededMs <= batch.expiresAt
      : schedule.after(neededMs, start, batch.expiresAt) !== undefined;
  return !enough;
}
