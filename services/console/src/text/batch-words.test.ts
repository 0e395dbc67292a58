import type { BatchStatus } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import {
  costWords,
  deadlineWords,
  endWords,
  isLate,
  progressWords,
  rateWords,
  stateWords,
  timeline,
} from './batch-words.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const counts = (total: number, completed: number, failed = 0) => ({ total, completed, failed });

describe('batches in words', () => {
  it('names what a batch is at, and that some of it failed', () => {
    const said = (status: BatchStatus, given = counts(0, 0)) => stateWords({ status, counts: given }).words;
    expect([said('validating'), said('in_progress', counts(9, 1, 1)), said('completed', counts(9, 9))]).toEqual([
      'Checking the file',
      'Running',
      'Done',
    ]);
    expect([said('completed', counts(9, 8, 1)), said('completed', counts(9, 0, 9))]).toEqual([
      'Done, some failed',
      'Done, all failed',
    ]);
  });

  it('tells progress, rate and cost', () => {
    expect(progressWords({ status: 'in_progress', counts: counts(1_000_000, 612_340, 12) })).toBe(
      '612,352 of 1,000,000, 12 failed',
    );
    expect(progressWords({ status: 'validating', counts: counts(0, 0) })).toBe('Not counted yet');
    expect(progressWords({ status: 'failed', counts: counts(0, 0) })).toBe('None was run');
    expect([1_240, 9.96, 2.5, 0.2, 0.001].map(rateWords)).toEqual([
      '1,240 a second',
      '10 a second',
      '2.5 a second',
      '12 a minute',
      'under one a minute',
    ]);
    expect(costWords({ costUsd: 0.4213, quoteUsd: 1.1 })).toBe('$0.4213 of at most $1.10');
    expect(costWords({ costUsd: 0, quoteUsd: undefined })).toBe('$0');
  });

  it('tells how long it still takes, or took, and whether that is in time', () => {
    const open = { status: 'in_progress' as const, entered: {}, createdAt: 0, expiresAt: 2 * HOUR };
    expect(endWords({ ...open, estimatedEndAt: 20 * MINUTE }, 0)).toBe('in 20 min');
    expect(endWords({ ...open, estimatedEndAt: 20 * MINUTE }, HOUR)).toBe('any moment');
    expect(endWords({ ...open, estimatedEndAt: undefined }, 0)).toBe('–');
    const done = {
      ...open,
      status: 'completed' as const,
      entered: { completed: 90 * MINUTE },
      estimatedEndAt: 3 * HOUR,
    };
    expect(endWords(done, 9 * HOUR)).toBe('took 1 h 30 min');
    expect([deadlineWords(open, HOUR), deadlineWords(open, 3 * HOUR), deadlineWords(done, 0)]).toEqual([
      'in 1 h',
      'has passed',
      undefined,
    ]);
    expect([
      isLate({ ...open, estimatedEndAt: 3 * HOUR }),
      isLate({ ...open, estimatedEndAt: HOUR }),
      isLate(done),
    ]).toEqual([true, false, false]);
  });

  it('shows the way behind it and the way ahead', () => {
    const way = (status: BatchStatus, entered: Partial<Record<BatchStatus, number>>) =>
      timeline({ status, entered }, 10_000).map(({ words, at, lasted, current }) => [words, at, lasted, current]);
    expect(way('in_progress', { validating: 1_000, in_progress: 3_000 })).toEqual([
      ['Taken in', 1_000, 2_000, false],
      ['Started', 3_000, 7_000, true],
      ['Writing the files', undefined, undefined, false],
      ['Done', undefined, undefined, false],
    ]);
    expect(way('cancelling', { validating: 1_000, cancelling: 3_000 }).map(([words]) => words)).toEqual([
      'Taken in',
      'Cancellation asked for',
      'Cancelled',
    ]);
    // All in one second: the order is that of the way.
    expect(
      way('completed', { completed: 1_000, finalizing: 1_000, in_progress: 1_000, validating: 1_000 }).map(
        ([words]) => words,
      ),
    ).toEqual(['Taken in', 'Started', 'Writing the files', 'Done']);
    expect(way('failed', { validating: 1_000, failed: 4_000 })).toEqual([
      ['Taken in', 1_000, 3_000, false],
      ['Failed', 4_000, undefined, true],
    ]);
  });
});
