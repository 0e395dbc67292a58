import type { Batch } from '../../api/batches/batches.ts';

/** How much was done by when: epoch milliseconds and requests. */
export interface Sample {
  at: number;
  done: number;
}

/** Looks that are remembered of a batch: an hour at the slowest, a few minutes at the fastest. */
const MOST_SAMPLES = 120;

/** What has been seen of a batch, with what is seen now. A second look that finds no more time has passed, or less done, changes nothing. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && (sample.at <= last.at || sample.done < last.done)) return samples;
  return [...samples, sample].slice(-MOST_SAMPLES);
}

export function sampleOf({ counts }: Pick<Batch, 'counts'>, at: number): Sample {
  return { at, done: counts.completed + counts.failed };
}

export interface Throughput {
  /** Requests a second in stretches of equal length, oldest first. */
  rates: readonly number[];
  /** Milliseconds from the first to the last. */
  span: number;
}

/** Requests a second over time, from what was seen; undefined before there is anything to draw. */
export function throughput(samples: readonly Sample[], most = 32): Throughput | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || samples.length < 3) return undefined;
  const stretches = Math.min(most, samples.length - 1);
  const span = last.at - first.at;
  const edges = Array.from({ length: stretches + 1 }, (_, index) =>
    doneBy(samples, first.at + (span * index) / stretches),
  );
  const seconds = span / stretches / 1_000;
  return { rates: edges.slice(1).map((done, index) => Math.max(0, done - (edges[index] ?? 0)) / seconds), span };
}

/** Between two looks, as much was done in every second. */
function doneBy(samples: readonly Sample[], at: number): number {
  const after = samples.findIndex((sample) => sample.at >= at);
  const [before, next] = [samples[after - 1], samples[after]];
  if (next === undefined) return samples.at(-1)?.done ?? 0;
  if (before === undefined) return next.done;
  return before.done + ((next.done - before.done) * (at - before.at)) / (next.at - before.at);
}
