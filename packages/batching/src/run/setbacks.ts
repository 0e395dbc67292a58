const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** What failed is left alone for a while, each time twice as long. */
export class Setbacks {
  readonly #failed = new Map<string, { readonly times: number; readonly until: number }>();

  ready(what: string, now: number): boolean {
    return now >= (this.#failed.get(what)?.until ?? 0);
  }

  failed(what: string, now: number): void {
    const times = (this.#failed.get(what)?.times ?? 0) + 1;
    this.#failed.set(what, { times, until: now + Math.min(LONGEST_MS, FIRST_MS * 2 ** (times - 1)) });
  }

  passed(what: string): void {
    this.#failed.delete(what);
  }
}
