/** One caller's items: taken in their order, in turn with those of other callers. */
export interface Line<T> {
  readonly items: readonly T[];
  /** How many were taken. */
  taken: number;
}

/** Takes one item of each caller in turn, so that a single question does not wait behind a thousand documents. */
export class FairQueue<T> {
  #lines: Line<T>[] = [];
  #size = 0;

  /** Items that were not taken yet. */
  get size(): number {
    return this.#size;
  }

  add(items: readonly T[]): Line<T> {
    const line = { items, taken: 0 };
    this.#lines.push(line);
    this.#size += items.length;
    return line;
  }

  /** Forgets what was not taken of this line. */
  remove(line: Line<T>): void {
    const at = this.#lines.indexOf(line);
    if (at === -1) return;
    this.#lines.splice(at, 1);
    this.#size -= line.items.length - line.taken;
  }

  take(max: number): T[] {
    const taken: T[] = [];
    while (taken.length < max) {
      const line = this.#lines.shift();
      if (line === undefined) break;
      taken.push(...line.items.slice(line.taken, line.taken + 1));
      line.taken += 1;
      this.#size -= 1;
      if (line.taken < line.items.length) this.#lines.push(line);
    }
    return taken;
  }
}
