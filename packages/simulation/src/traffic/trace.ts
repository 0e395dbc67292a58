/** Traffic over time. */
export interface Trace {
  readonly name: string;
  /** Requests a second, one number for each second. */
  readonly rates: Float64Array;
}

export function peakOf({ rates }: Trace): number {
  return rates.reduce((most, rate) => Math.max(most, rate), 0);
}

/** Requests a second between two seconds. @default of all */
export function meanRate({ rates }: Trace, from = 0, to = rates.length): number {
  let sum = 0;
  for (let second = from; second < to; second++) sum += rates[second]!;
  return sum / Math.max(1, to - from);
}
