import type { Timers } from '@plinth/batching';
import type { Clock } from '@plinth/stores';

/** A clock that never goes back, also not over a start: it goes on from the latest time that was kept. What is old does not become new by setting a clock. */
export class SiteClock implements Clock {
  readonly #clock: Clock;
  readonly #timers: Pick<Timers, 'now'>;
  #base: number;
  #since: number;

  /** @param floor It was at least then, milliseconds since the epoch. */
  constructor(floor: number, clock: Clock, timers: Pick<Timers, 'now'>) {
    this.#clock = clock;
    this.#timers = timers;
    this.#base = floor;
    this.#since = timers.now();
  }

  now(): number {
    const elapsed = this.#timers.now() - this.#since;
    const now = Math.max(Math.floor(this.#base + elapsed), this.#clock.now());
    this.#base = now;
    this.#since += elapsed;
    return now;
  }
}
