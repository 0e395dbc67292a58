import type { BatchStatus } from '@plinth/contracts';
import { hasEnded } from '../api/batches/batches.ts';
import type { Batch } from '../api/batches/batches.ts';
import type { BatchFile } from '../api/batches/files.ts';
import { formatCount, formatUsd, spanWords } from './numbers.ts';
import type { StateWords } from './state-words.ts';

const STATES: Readonly<Record<BatchStatus, StateWords>> = {
  validating: { words: 'Checking the file', mark: '○', tone: 'waiting' },
  in_progress: { words: 'Running', mark: '●', tone: 'live' },
  finalizing: { words: 'Writing the files', mark: '●', tone: 'live' },
  cancelling: { words: 'Stopping', mark: '●', tone: 'over' },
  completed: { words: 'Done', mark: '✓', tone: 'good' },
  failed: { words: 'Failed', mark: '✗', tone: 'bad' },
  expired: { words: 'Out of time', mark: '✗', tone: 'bad' },
  cancelled: { words: 'Cancelled', mark: '■', tone: 'over' },
};

/** What a batch is at. */
export function stateWords({ status, counts }: Pick<Batch, 'status' | 'counts'>): StateWords {
  if (status === 'completed' && counts.failed > 0)
    return counts.completed === 0
      ? { words: 'Done, all failed', mark: '✗', tone: 'bad' }
      : { words: 'Done, some failed', mark: '✓', tone: 'mixed' };
  return STATES[status];
}

/** What a batch is called: by whoever made it, else as its file is. */
export function batchTitle(batch: Batch, files: ReadonlyMap<string, BatchFile | 'deleted'>): string {
  const file = files.get(batch.inputFileId);
  return batch.name ?? (typeof file === 'object' ? file.name : batch.id);
}

/** "612,340 of 1,000,000, 12 failed". */
export function progressWords({ status, counts }: Pick<Batch, 'status' | 'counts'>): string {
  const { total, completed, failed } = counts;
  if (total === 0) return status === 'validating' ? 'Not counted yet' : 'None was run';
  return `${formatCount(completed + failed)} of ${formatCount(total)}${failed === 0 ? '' : `, ${formatCount(failed)} failed`}`;
}

/** Requests a second in words: "1,240 a second", "2.5 a second", "12 a minute". */
export function rateWords(rate: number): string {
  if (rate >= 9.95) return `${formatCount(rate)} a second`;
  if (rate >= 0.95) return `${rate.toFixed(1)} a second`;
  const minute = rate * 60;
  return minute >= 0.95 ? `${formatCount(minute)} a minute` : 'under one a minute';
}

/** When it came to its end, epoch milliseconds. */
export function endedAt({ status, entered }: Pick<Batch, 'status' | 'entered'>): number | undefined {
  return hasEnded({ status }) ? entered[status] : undefined;
}

/** When it should be done, or how long it took. */
export function endWords(
  batch: Pick<Batch, 'status' | 'entered' | 'createdAt' | 'estimatedEndAt'>,
  now: number,
): string {
  const ended = endedAt(batch);
  if (ended !== undefined) return `took ${spanWords(ended - batch.createdAt)}`;
  if (hasEnded(batch) || batch.estimatedEndAt === undefined) return '–';
  const left = batch.estimatedEndAt - now;
  return left <= 0 ? 'any moment' : `in ${spanWords(left)}`;
}

/** How long there is until the deadline; undefined where it matters no more. */
export function deadlineWords({ status, expiresAt }: Pick<Batch, 'status' | 'expiresAt'>, now: number) {
  if (hasEnded({ status }) || expiresAt === undefined) return undefined;
  return expiresAt <= now ? 'has passed' : `in ${spanWords(expiresAt - now)}`;
}

/** Whether it is expected to come to its end only behind its deadline. */
export function isLate({ status, estimatedEndAt, expiresAt }: Pick<Batch, 'status' | 'estimatedEndAt' | 'expiresAt'>) {
  return !hasEnded({ status }) && estimatedEndAt !== undefined && expiresAt !== undefined && estimatedEndAt > expiresAt;
}

/** "$0.4213 of at most $1.10". */
export function costWords({ costUsd, quoteUsd }: Pick<Batch, 'costUsd' | 'quoteUsd'>): string {
  if (costUsd === undefined) return '–';
  return quoteUsd === undefined ? formatUsd(costUsd) : `${formatUsd(costUsd)} of at most ${formatUsd(quoteUsd)}`;
}

export interface Step {
  status: BatchStatus;
  words: string;
  /** Epoch milliseconds; undefined while it is ahead. */
  at: number | undefined;
  /** How long it was, or has been, in this state; undefined for an end. */
  lasted: number | undefined;
  current: boolean;
}

const PAST: Readonly<Record<BatchStatus, string>> = {
  validating: 'Taken in',
  in_progress: 'Started',
  finalizing: 'Writing the files',
  cancelling: 'Cancellation asked for',
  completed: 'Done',
  failed: 'Failed',
  expired: 'Ran out of time',
  cancelled: 'Cancelled',
};
const WAY: readonly BatchStatus[] = ['validating', 'in_progress', 'finalizing', 'completed'];

/** The states it has been in, in order, and those that should come. */
export function timeline({ status, entered }: Pick<Batch, 'status' | 'entered'>, now: number): Step[] {
  const been = (Object.entries(entered) as [BatchStatus, number | undefined][])
    .flatMap(([state, at]) => (at === undefined ? [] : [{ state, at }]))
    // Of those in the same second, the one that is nearer the end is later.
    .sort((a, b) => a.at - b.at || ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const steps = been.map(({ state, at }, index): Step => {
    const until = been[index + 1]?.at ?? now;
    const lasted = hasEnded({ status: state }) ? undefined : Math.max(0, until - at);
    return { status: state, words: PAST[state], at, lasted, current: state === status };
  });
  if (hasEnded({ status })) return steps;
  const ahead = status === 'cancelling' ? (['cancelled'] as const) : WAY.slice(WAY.indexOf(status) + 1);
  return [
    ...steps,
    ...ahead.map((state) => ({ status: state, words: PAST[state], at: undefined, lasted: undefined, current: false })),
  ];
}

const ORDER: readonly BatchStatus[] = [
  'validating',
  'in_progress',
  'cancelling',
  'finalizing',
  'completed',
  'failed',
  'expired',
  'cancelled',
];
