/** Time over which a rate is told, milliseconds. */
const SPAN_MS = 60_000;
/** Looks kept of a span. */
const LOOKS = 30;

interface Look {
  readonly at: number;
  readonly done: number;
}

/** How fast a count that only goes up goes up, of late. Times in milliseconds, of whichever clock. */
export class RateMeter {
  #looks: Look[] = [];

  /** How much is done at a time. */
  note(done: number, at: number): void {
    const beforeLast = this.#looks.at(-2);
    if (beforeLast !== undefined && at - beforeLast.at < SPAN_MS / LOOKS) this.#looks.pop();
    this.#looks.push({ at, done });
    while (this.#looks.length > 2 && this.#looks[1]!.at <= at - SPAN_MS) this.#looks.shift();
  }

  /** A second; undefined before there is anything to tell. */
  rate(): number | undefined {
    const [first, last] = [this.#looks[0], this.#looks.at(-1)];
    if (first === undefined || last === undefined || last.at <= first.at) return undefined;
    return ((last.done - first.done) * 1_000) / (last.at - first.at);
  }

  /** When `total` should be reached; undefined where nothing moves. */
  endOf(total: number): number | undefined {
    const last = this.#looks.at(-1);
    const rate = this.rate();
    if (last === undefined || rate === undefined || rate <= 0) return undefined;
    return last.at + (Math.max(0, total - last.done) * 1_000) / rate;
  }
}
