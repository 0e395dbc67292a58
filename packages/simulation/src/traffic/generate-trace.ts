import { Random } from '../random.ts';
import type { Trace } from './trace.ts';

export const TRACE_SHAPES = ['steady', 'diurnal', 'bursty', 'flash'] as const;
export type TraceShape = (typeof TRACE_SHAPES)[number];

export interface TraceOptions {
  /** Requests a second at the most. */
  readonly peak: number;
  readonly hours: number;
  readonly seed: number;
}

const HOUR = 3_600;
/** Of bursts: four times what is usual, one in an hour on average, of 2 to 6 minutes, each risen to in twenty seconds. */
const BURSTS_AN_HOUR = 1;
const BURST_SECONDS = [120, 360] as const;
const BURST_RISE = 20;
const USUAL = 0.25;
/** A flash crowd comes in a minute and is half gone after each quarter of an hour. */
const FLASH_RISE = 60;
const FLASH_HALVES = 900;

/** Traffic of a known shape; the same seed gives the same. */
export function generateTrace(shape: TraceShape, { peak, hours, seed }: TraceOptions): Trace {
  const rates = new Float64Array(Math.max(1, Math.round(hours * HOUR)));
  const at = SHAPES[shape](rates.length, new Random(seed ^ 0x7ace));
  for (let second = 0; second < rates.length; second++) rates[second] = peak * at(second);
  return { name: shape, rates };
}

type Shape = (seconds: number, random: Random) => (second: number) => number;

const SHAPES: Readonly<Record<TraceShape, Shape>> = {
  steady: () => () => 1,
  diurnal: () => (second) => 0.6 + 0.4 * wave(second),
  bursty: (seconds, random) => {
    const bursts = Array.from({ length: Math.max(1, Math.round((seconds / HOUR) * BURSTS_AN_HOUR)) }, () => ({
      start: random.below(seconds),
      length: BURST_SECONDS[0] + random.below(BURST_SECONDS[1] - BURST_SECONDS[0]),
      height: 0.8 + 0.2 * random.next(),
    }));
    // One of them reaches the peak.
    bursts[0] = { ...bursts[0]!, height: 1 };
    return (second) => {
      const usual = USUAL * (0.9 + 0.1 * wave(second));
      let most = usual;
      for (const { start, length, height } of bursts)
        most = Math.max(most, usual + (height - usual) * trapeze(second - start, length, BURST_RISE));
      return most;
    };
  },
  flash: (seconds, random) => {
    const start = Math.floor(seconds * (0.3 + 0.4 * random.next()));
    return (second) => {
      const usual = 0.2 * (0.8 + 0.2 * wave(second));
      const since = second - start;
      if (since < 0) return usual;
      const crowd = since < FLASH_RISE ? since / FLASH_RISE : 0.5 ** ((since - FLASH_RISE) / FLASH_HALVES);
      return usual + (1 - usual) * crowd;
    };
  },
};

/** -1 to 1 over a day: least at two at night, most at two in the afternoon. */
function wave(second: number): number {
  return -Math.cos((2 * Math.PI * (second / HOUR - 2)) / 24);
}

function trapeze(second: number, length: number, rise: number): number {
  return Math.max(0, Math.min(1, second / rise, (length - second) / rise));
}
