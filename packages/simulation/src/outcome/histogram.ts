/** Buckets grow by one per cent, from a millisecond to more than an hour. */
const GROWTH = Math.log(1.01);
const BUCKETS = 1_600;

/** Times in milliseconds, each with a weight; quantiles are right within one per cent. */
export class Histogram {
  readonly #weights = new Float64Array(BUCKETS);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(ms: number, weight: number): void {
    const bucket = ms <= 1 ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms) / GROWTH));
    this.#weights[bucket]! += weight;
    this.#total += weight;
  }

  /** @param share 0 to 1 @returns `undefined` where nothing was added */
  quantile(share: number): number | undefined {
    if (this.#total === 0) return undefined;
    let below = share * this.#total;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      below -= this.#weights[bucket]!;
      if (below <= 1e-9 * this.#total && this.#weights[bucket]! > 0) return Math.exp((bucket - 0.5) * GROWTH);
    }
    return Math.exp(BUCKETS * GROWTH);
  }
}
