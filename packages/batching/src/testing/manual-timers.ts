import type { Timers } from '../ports/timers.ts';

/** Time that stands still until it is told to move. */
export class ManualTimers implements Timers {
  static readonly START = 1_000_000;
  #now = ManualTimers.START;
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

  move(ms: number): void {
    this.#now += ms;
    for (const entry of [...this.#waiting]) if (entry.at <= this.#now) entry.end();
  }
}
