import type { Timers } from '../work/timers.ts';

/** Time that stands still until it is told to move. */
export class ManualTimers implements Timers {
  #now = 1_000_000;
  readonly #waiting = new Set<{ readonly at: number; readonly end: () => void }>();

  now(): number {
    return this.#now;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const entry = {
        at: this.#now + ms,
        end: () => {
          this.#waiting.delete(entry);
          signal.removeEventListener('abort', entry.end);
          resolve();
        },
      };
      this.#waiting.add(entry);
      signal.addEventListener('abort', entry.end);
    });
  }

  /** Moves on, a little at a time, letting what wakes up act in between. */
  async advance(ms: number, step = 250): Promise<void> {
    for (const until = this.#now + ms; this.#now < until;) {
      this.#now = Math.min(until, this.#now + step);
      for (const entry of [...this.#waiting]) if (entry.at <= this.#now) entry.end();
      await settle();
    }
  }
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}
