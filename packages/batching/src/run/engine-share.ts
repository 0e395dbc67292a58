import type { Timers } from '../ports/timers.ts';
import { Outage } from './outage.ts';
import { Pace, type PaceBounds } from './pace.ts';
import { RateMeter } from './rate-meter.ts';

/** What all runs on one engine have in common: how many calls it takes at once, what its failures may cost, and how fast it is. */
export class EngineShare {
  readonly pace: Pace;
  readonly outage: Outage;
  readonly #meter = new RateMeter();
  #done = 0;

  constructor(bounds: PaceBounds | undefined, timers: Timers) {
    this.outage = new Outage(timers);
    this.pace = new Pace(bounds);
  }

  committed(records: number, now: number): void {
    this.#done += records;
    this.#meter.note(this.#done, now);
  }

  /** Records a second, of late; undefined before there were any. */
  get rate(): number | undefined {
    return this.#meter.rate();
  }
}
