import type { Timers } from '../ports/timers.ts';

/** Failures in a row, of all records on an engine together, after which it is taken to be down. */
const IN_A_ROW = 64;
/** Between two tries at an engine that is down, milliseconds. */
const PROBE_MS = 10_000;

/**
 * What failures may cost the records of an engine together. When so many fail in a row that it is not them, the engine is asked by one record at a time, and
 * all go on when that has an answer: so few records use up their tries on it.
 */
export class Outage {
  readonly #timers: Timers;
  #inARow = 0;
  #nextProbe = 0;
  #over = new AbortController();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  answered(): void {
    const wasDown = this.#down;
    this.#inARow = 0;
    if (!wasDown) return;
    this.#over.abort();
    this.#over = new AbortController();
  }

  failed(): void {
    this.#inARow += 1;
  }

  /** Resolves when a call may be made, or once `signal` is aborted. */
  async turn(signal: AbortSignal): Promise<void> {
    while (this.#down && !signal.aborted) {
      const now = this.#timers.now();
      if (now >= this.#nextProbe) {
        this.#nextProbe = now + PROBE_MS;
        return;
      }
      await this.#timers.wait(this.#nextProbe - now, AbortSignal.any([signal, this.#over.signal]));
    }
  }

  get #down(): boolean {
    return this.#inARow >= IN_A_ROW;
  }
}
