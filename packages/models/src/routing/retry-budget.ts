import type { RetryPolicy } from './policy.ts';

/** How many requests may be tried a second time: a share of all, so that an outage is not doubled, and a few a second whatever comes. */
export class RetryBudget {
  #saved: number;
  #at = Number.NEGATIVE_INFINITY;

  constructor(private readonly policy: RetryPolicy) {
    // A server that dies takes all that it had with it, in the first minute as in any other.
    this.#saved = policy.most;
  }

  /** A request came; retries are not requests. */
  requested(): void {
    this.#saved = Math.min(this.policy.most, this.#saved + this.policy.share);
  }

  /** Whether one may be tried again, which is then counted. @param now milliseconds */
  take(now: number): boolean {
    if (Number.isFinite(this.#at)) {
      const earned = (Math.max(0, now - this.#at) / 1_000) * this.policy.perSecond;
      this.#saved = Math.min(this.policy.most, this.#saved + earned);
    }
    this.#at = now;
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
