import type { Random } from '../random.ts';
import type { Trace } from './trace.ts';
import type { Window } from './windows.ts';

/**
 * When requests arrive: a Poisson process with the trace's rates, through its windows one after the other. The simulation's time goes on from
 * window to window without the time between them, so that servers keep their caches and what they have in flight.
 */
export class Arrivals {
  /** Of the last arrival: milliseconds of the simulation, second of the trace, requests a second, requests that it stands for. */
  at = 0;
  traceSecond = 0;
  rate = 0;
  weight = 0;
  /** Which window it belongs to. */
  window = -1;
  /** Where it is, seconds of the trace, and what to add for those of the simulation. */
  #second = 0;
  #end = 0;
  #offset = 0;

  constructor(
    private readonly trace: Trace,
    private readonly windows: readonly Window[],
    private readonly random: Random,
  ) {}

  /** @returns false after the last one */
  next(): boolean {
    let due = this.random.exponential();
    for (;;) {
      const whole = Math.floor(this.#second);
      const until = Math.min(this.#end, whole + 1);
      if (this.#second >= this.#end) {
        if (!this.#nextWindow()) return false;
        continue;
      }
      const rate = this.trace.rates[whole] ?? 0;
      const expected = rate * (until - this.#second);
      if (due > expected) {
        due -= expected;
        this.#second = until;
        continue;
      }
      this.#second += due / rate;
      this.traceSecond = this.#second;
      this.at = (this.#second + this.#offset) * 1_000;
      this.rate = rate;
      const { from, weight } = this.windows[this.window]!;
      this.weight = this.#second >= from ? weight : 0;
      return true;
    }
  }

  #nextWindow(): boolean {
    const ended = this.#end + this.#offset;
    const next = this.windows[++this.window];
    if (next === undefined) return false;
    this.#second = next.from - next.warmUp;
    this.#end = next.from + next.seconds;
    this.#offset = ended - this.#second;
    return true;
  }
}
