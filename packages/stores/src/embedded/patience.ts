import type { Operation } from './protocol.ts';
import { APPEND, CALL, RESERVE, SETTLE } from './protocol.ts';

/** How long an operation waits for those of other requests, milliseconds. The beginning of a request holds up a first token. */
const PATIENCE_MS: Readonly<Record<Operation[0], number>> = { [RESERVE]: 2, [SETTLE]: 8, [APPEND]: 8, [CALL]: 0 };
/** An operation that follows the first of its batch by less than this came with it; later, it was worth waiting for. */
const TOGETHER_MS = 0.5;
/** After this many waits in a row for which nobody came, only one batch in `PROBE_EVERY` waits, to see whether that has changed. */
const VAIN_WAITS = 4;
const PROBE_EVERY = 32;

/**
 * How long a batch waits for company. A commit costs the same whatever is in it, so while other requests are under way it pays to wait a
 * little for theirs (PostgreSQL's commit_delay and commit_siblings); and never when nobody can come. Times are milliseconds of one
 * monotonic clock.
 */
export class Patience {
  /** Requests admitted here that have not come to settle. */
  #underWay = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = 0;
  #due = Number.POSITIVE_INFINITY;
  #batches = 0;
  #vainWaits = 0;

  admitted(): void {
    this.#underWay++;
  }

  arrived(operation: Operation, now: number): void {
    if (operation[0] === SETTLE && this.#underWay > 0) this.#underWay--;
    this.#first = Math.min(this.#first, now);
    this.#last = now;
    this.#due = Math.min(this.#due, now + PATIENCE_MS[operation[0]]);
  }

  /** Until when to wait; in the past, or minus infinity, when it is time. */
  get until(): number {
    const worthIt = this.#underWay > 0 && (this.#vainWaits < VAIN_WAITS || this.#batches % PROBE_EVERY === 0);
    return worthIt ? this.#due : Number.NEGATIVE_INFINITY;
  }

  /** A batch leaves at `now`; what stays behind of it has waited long enough. */
  sent(now: number, staying: boolean): void {
    if (now >= this.#due) this.#vainWaits = this.#last - this.#first > TOGETHER_MS ? 0 : this.#vainWaits + 1;
    this.#batches++;
    this.#first = staying ? now : Number.POSITIVE_INFINITY;
    this.#due = staying ? now : Number.POSITIVE_INFINITY;
  }
}
