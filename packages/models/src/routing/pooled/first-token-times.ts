/** Answers that are remembered, and how many of them it takes to say what is usual. */
const REMEMBERED = 128;
const ENOUGH = 20;

/** How long the last answers took to begin, milliseconds. */
export class FirstTokenTimes {
  readonly #times: number[] = [];
  #next = 0;

  add(milliseconds: number): void {
    this.#times[this.#next] = milliseconds;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  /** What a share of them took at most; `undefined` until there are enough. @param share 0 to 1. */
  quantile(share: number): number | undefined {
    if (this.#times.length < ENOUGH) return undefined;
    const sorted = this.#times.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }
}
