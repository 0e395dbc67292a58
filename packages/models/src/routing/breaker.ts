import type { BreakerPolicy } from './policy.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * Keeps requests away from a place that is out of order. It opens after failures in a row, or when too large a part of the calls in a
 * window failed; then lets one call through at a time, and closes with the first that answers.
 */
export class Breaker {
  #open = false;
  #openUntil = 0;
  #probing = false;
  /** Times it opened since it was last closed. */
  #opened = 0;
  #inARow = 0;
  #windowStart = 0;
  #calls = 0;
  #failures = 0;

  constructor(
    private readonly policy: BreakerPolicy,
    private readonly random: () => number,
  ) {}

  state(now: number): BreakerState {
    if (!this.#open) return 'closed';
    return now < this.#openUntil ? 'open' : 'half-open';
  }

  get isClosed(): boolean {
    return !this.#open;
  }

  /** Whether one more call may be made. */
  letsThrough(now: number): boolean {
    return !this.#open || (now >= this.#openUntil && !this.#probing);
  }

  /** From when on it lets a probe through, in the past where it is closed. */
  get openUntil(): number {
    return this.#open ? this.#openUntil : Number.NEGATIVE_INFINITY;
  }

  /** A call that `letsThrough` allowed begins. @returns whether it is a probe, which `succeeded`, `failed` or `learnedNothing` ends */
  begin(): boolean {
    if (!this.#open) return false;
    this.#probing = true;
    return true;
  }

  succeeded(now: number, probe: boolean): void {
    if (probe) {
      this.#open = false;
      this.#probing = false;
      this.#opened = 0;
      this.#calls = 0;
      this.#failures = 0;
    }
    // What was begun before it opened says nothing of how things are.
    if (this.#open) return;
    this.#inARow = 0;
    this.#count(now, 0);
  }

  failed(now: number, probe: boolean): void {
    if (probe) this.#probing = false;
    else if (this.#open) return;
    this.#inARow += 1;
    this.#count(now, 1);
    const tooMany = this.#calls >= this.policy.leastCalls && this.#failures >= this.policy.failureShare * this.#calls;
    if (probe || tooMany || this.#inARow >= this.policy.failuresInARow) this.#trip(now);
  }

  learnedNothing(probe: boolean): void {
    if (probe) this.#probing = false;
  }

  #trip(now: number): void {
    const { openMs, longestOpenMs } = this.policy;
    const most = Math.min(longestOpenMs, openMs * 2 ** Math.min(this.#opened, 30));
    this.#open = true;
    this.#opened += 1;
    this.#inARow = 0;
    // Gateways that saw the same outage do not all come back at the same moment.
    this.#openUntil = now + most * (0.9 + 0.1 * this.random());
  }

  #count(now: number, failures: 0 | 1): void {
    if (now - this.#windowStart >= this.policy.windowMs) {
      this.#windowStart = now;
      this.#calls = 0;
      this.#failures = 0;
    }
    this.#calls += 1;
    this.#failures += failures;
  }
}
