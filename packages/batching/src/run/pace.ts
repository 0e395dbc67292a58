export interface PaceBounds {
  /** Calls at once that are always allowed. @default 1 */
  readonly min?: number;
  /** @default 64 */
  readonly max?: number;
  /** Where it begins; while nobody complains it doubles with every round of calls. @default 8 */
  readonly start?: number;
}

/** A place among the calls under way. `end` gives it back. */
export interface Slot {
  /** An answer came in time: more may go. */
  succeeded(): void;
  /** The engine said that it came too fast. */
  tooFast(): void;
  end(): void;
}

interface Waiting {
  readonly order: number;
  readonly resolve: (slot: Slot | undefined) => void;
}

/**
 * How many calls one engine is given at once, found by trying: one more for each answer up to the first complaint, then one more a round, and half as
 * many whenever it complains. Complaints about calls that began before the last decrease change nothing: it has been heeded.
 */
export class Pace {
  readonly #min: number;
  readonly #max: number;
  #limit: number;
  #carefulFrom: number;
  #round = 0;
  #busy = 0;
  readonly #waiting = new Set<Waiting>();

  constructor({ min = 1, max = 64, start = 8 }: PaceBounds = {}) {
    this.#min = min;
    this.#max = max;
    this.#limit = Math.min(max, Math.max(min, start));
    this.#carefulFrom = max;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  get busy(): number {
    return this.#busy;
  }

  /** The next free place, for the lowest `order` first. Undefined once `signal` is aborted. */
  take(order: number, signal: AbortSignal): Promise<Slot | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    if (this.#waiting.size === 0 && this.#busy < this.limit) return Promise.resolve(this.#slot());
    return new Promise((resolve) => {
      const leave = () => waiting.resolve(undefined);
      const waiting: Waiting = {
        order,
        resolve: (slot) => {
          this.#waiting.delete(waiting);
          signal.removeEventListener('abort', leave);
          resolve(slot);
        },
      };
      signal.addEventListener('abort', leave);
      this.#waiting.add(waiting);
      this.#admit();
    });
  }

  #slot(): Slot {
    const round = this.#round;
    this.#busy += 1;
    let held = true;
    return {
      succeeded: () => this.#faster(),
      tooFast: () => {
        if (round === this.#round) this.#slower();
      },
      end: () => {
        if (!held) return;
        held = false;
        this.#busy -= 1;
        this.#admit();
      },
    };
  }

  #faster(): void {
    // What is not used up says nothing about what could be borne.
    if (this.#busy < this.limit) return;
    this.#limit = Math.min(this.#max, this.#limit + (this.#limit < this.#carefulFrom ? 1 : 1 / this.#limit));
  }

  #slower(): void {
    this.#round += 1;
    this.#limit = Math.max(this.#min, this.#limit / 2);
    this.#carefulFrom = this.#limit;
  }

  #admit(): void {
    while (this.#busy < this.limit && this.#waiting.size > 0) {
      let first: Waiting | undefined;
      for (const waiting of this.#waiting) if (first === undefined || waiting.order < first.order) first = waiting;
      first!.resolve(this.#slot());
    }
  }
}
