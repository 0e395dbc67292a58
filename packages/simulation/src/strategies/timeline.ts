import type { WindowOutcome } from '../outcome/recorder.ts';
import { meanRate, type Trace } from '../traffic/trace.ts';
import type { Window } from '../traffic/windows.ts';

/** Where the requests of a part of the trace went, requests a second. */
export interface TimelineBucket {
  /** Seconds from the beginning. */
  readonly from: number;
  readonly to: number;
  readonly own: number;
  readonly managed: number;
  readonly lost: number;
}

/** Parts a chart shows at most. */
const BUCKETS = 240;

/** The trace's own rates, shared out as they were in the window that stands for each second. */
export function timelineOf(
  trace: Trace,
  windows: readonly Window[],
  outcomes: readonly WindowOutcome[],
): TimelineBucket[] {
  const seconds = trace.rates.length;
  const count = Math.min(BUCKETS, seconds);
  const own = new Float64Array(seconds);
  const lost = new Float64Array(seconds);
  for (const [index, { covers }] of windows.entries()) {
    const outcome = outcomes[index]!;
    const all = Math.max(1e-9, outcome.own + outcome.managed + outcome.lost);
    for (const { from, to } of covers)
      for (let second = from; second < to; second++) {
        own[second] = (trace.rates[second]! * outcome.own) / all;
        lost[second] = (trace.rates[second]! * outcome.lost) / all;
      }
  }
  return Array.from({ length: count }, (_, bucket) => {
    const [from, to] = [bucket, bucket + 1].map((edge) => Math.round((edge * seconds) / count)) as [number, number];
    const ownRate = meanRate({ ...trace, rates: own }, from, to);
    const lostRate = meanRate({ ...trace, rates: lost }, from, to);
    const managed = Math.max(0, meanRate(trace, from, to) - ownRate - lostRate);
    return { from, to, own: ownRate, managed, lost: lostRate };
  });
}
