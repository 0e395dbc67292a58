import { meanRate, peakOf, type Trace } from './trace.ts';

/** A piece of a trace that is simulated, seconds. It is simulated from `from - warmUp`, and counted from `from`. */
export interface Window {
  readonly from: number;
  readonly seconds: number;
  readonly warmUp: number;
  /** Requests of the trace that each of its own stands for. */
  readonly weight: number;
  /** Stretches of the trace that it stands for. */
  readonly covers: readonly Stretch[];
}

/** Seconds of a trace. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The rate changes by this part of the peak within a stretch, at most; stretches between the same rates are alike. */
const STEP = 1 / 5;
/** Seconds to get to where things would be had all before been simulated: what is in flight is a few seconds old. */
const WARM_UP = 5;
/** Caches are empty at the beginning, and fill more slowly. */
const FIRST_WARM_UP = 30;
/** The shortest piece that says something, the longest, and the longest stretch, seconds. */
const LEAST = 4;
const MOST = 60;
const LONGEST_STRETCH = 1_800;

/** All of it, in pieces of a minute. */
export function wholeTrace({ rates }: Trace): Window[] {
  return Array.from({ length: Math.ceil(rates.length / MOST) }, (_, index) => {
    const [from, to] = [MOST * index, Math.min(rates.length, MOST * (index + 1))];
    return { from, seconds: to - from, warmUp: 0, weight: 1, covers: [{ from, to }] };
  });
}

/**
 * Pieces that stand for the whole. The trace is cut into stretches of much the same rate; those that go from one rate to the same other, as
 * all rises of all bursts do, are alike, and some pieces of some of them stand for all. So what comes once is simulated as well as what
 * comes often, and a day of a hundred bursts takes no longer than one of ten.
 *
 * @param requests about how many may be simulated, warming up not included
 */
export function sampleTrace(trace: Trace, requests: number): Window[] {
  const total = meanRate(trace) * trace.rates.length;
  if (total <= requests) return wholeTrace(trace);
  const windows = [...alike(trace).values()].flatMap((group) => piecesOf(trace, group, requests / total));
  let ended = 0;
  return windows
    .toSorted((a, b) => a.from - b.from)
    .map((window) => {
      const warmUp = Math.min(ended === 0 ? FIRST_WARM_UP : WARM_UP, window.from - ended);
      ended = window.from + window.seconds;
      return { ...window, warmUp };
    });
}

/** Stretches, by the rates that they go from and to. */
function alike(trace: Trace): Map<string, Stretch[]> {
  const step = STEP * Math.max(1e-9, peakOf(trace));
  const groups = new Map<string, Stretch[]>();
  for (const stretch of cutStretches(trace.rates, step)) {
    const level = (second: number) => Math.round(trace.rates[second]! / step);
    const name = `${level(stretch.from)} ${level(stretch.to - 1)}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [stretch]);
    else group.push(stretch);
  }
  return groups;
}

function piecesOf(trace: Trace, group: readonly Stretch[], share: number): Window[] {
  const seconds = Math.max(LEAST, share * group.reduce((sum, { from, to }) => sum + to - from, 0));
  const count = Math.min(group.length, Math.ceil(seconds / MOST));
  // Begins with the first, so that the rise, the height and the fall of one burst follow each other.
  const chosen = Array.from({ length: count }, (_, index) => group[Math.floor((index * group.length) / count)]!);
  const pieces = chosen.map(({ from, to }) => {
    const length = Math.min(to - from, Math.max(LEAST, Math.round(seconds / count)));
    return { from: from + Math.floor((to - from - length) / 2), seconds: length };
  });
  const simulated = pieces.reduce((sum, piece) => sum + requestsOf(trace, piece.from, piece.from + piece.seconds), 0);
  const all = group.reduce((sum, { from, to }) => sum + requestsOf(trace, from, to), 0);
  const weight = simulated === 0 ? 0 : all / simulated;
  return pieces.map((piece, index) => ({
    ...piece,
    warmUp: 0,
    weight,
    covers: group.filter((_, at) => at % count === index),
  }));
}

function cutStretches(rates: Float64Array, step: number): Stretch[] {
  const stretches: Stretch[] = [];
  let from = 0;
  let [least, most] = [rates[0]!, rates[0]!];
  for (let second = 1; second < rates.length; second++) {
    const rate = rates[second]!;
    [least, most] = [Math.min(least, rate), Math.max(most, rate)];
    if (most - least <= step && second - from < LONGEST_STRETCH) continue;
    stretches.push({ from, to: second });
    from = second;
    [least, most] = [rate, rate];
  }
  stretches.push({ from, to: rates.length });
  return stretches;
}

function requestsOf(trace: Trace, from: number, to: number): number {
  return meanRate(trace, from, to) * (to - from);
}
