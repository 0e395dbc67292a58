import type { Random } from '../random.ts';
import type { SimRequest } from '../sim-request.ts';

/** A managed endpoint as its callers see it. Times are milliseconds. */
export interface ManagedSpec {
  /** Median time to the first token, and the standard deviation of its logarithm. */
  readonly ttftMs: number;
  readonly ttftSpread: number;
  readonly itlMs: number;
  /** More are told 429. @default no quota */
  readonly requestsPerMinute?: number;
}

/** Paid by the token, never full but for its quota. */
export class ManagedEndpoint {
  #allowance = Number.POSITIVE_INFINITY;
  #at = 0;

  constructor(
    readonly id: string,
    readonly spec: ManagedSpec,
    private readonly random: Random,
  ) {}

  /** @returns milliseconds to the first token; `undefined` where it throttles (429) */
  take(now: number): number | undefined {
    if (!this.hasRoom(now)) return undefined;
    this.#allowance -= 1;
    return this.random.logNormal(this.spec.ttftMs, this.spec.ttftSpread);
  }

  /** Whether its quota allows one more: a bucket that holds what it allows in a second. */
  hasRoom(now: number): boolean {
    if (this.spec.requestsPerMinute === undefined) return true;
    const perSecond = this.spec.requestsPerMinute / 60;
    this.#allowance = Math.min(Math.max(1, perSecond), this.#allowance + (perSecond * (now - this.#at)) / 1_000);
    this.#at = now;
    return this.#allowance >= 1;
  }

  /** Milliseconds from the first token to the last. */
  answerMs(request: SimRequest): number {
    return this.spec.itlMs * Math.max(0, request.completionTokens - 1);
  }
}
