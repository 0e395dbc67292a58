import type { CallerClass } from './router.ts';

/** How a router decides. Times are milliseconds, shares 0 to 1. */
export interface RoutingPolicy {
  /** What an interactive caller may wait for the first token. @default 2000 */
  readonly sloTtftMs: number;
  /** Part of the SLO: own capacity that is predicted to take longer is passed over for a managed pool that is faster. @default 0.8 */
  readonly spillAbove: number;
  /** How long a request waits for a place; a batch then goes to a managed pool, if it may. @default 5 s interactive, 10 s experimental, 60 s batch */
  readonly patienceMs: Readonly<Record<CallerClass, number>>;
  /**
   * How full own capacity may be for a class to be sent there, as a part of each member's limit. Batch leaves room for people;
   * experiments go to managed pools early, and use what is left if those cannot take them. @default 1, batch 0.9, experimental 0.5
   */
  readonly ownShare: Readonly<Record<CallerClass, number>>;
  /** Requests of a class and those before it that wait at once: many of a batch keep no person from waiting. @default 1024 */
  readonly queueLimit: number;
  /** Beginnings of prompts remembered. Each takes four bytes a member. @default 65536 */
  readonly prefixes: number;
  /** Metrics of a member that are older say nothing. @default 5000 */
  readonly loadTtlMs: number;
  /** A member that said it is full, and not for how long, is left alone for this time. @default 250 */
  readonly overloadPauseMs: number;
  /** The longest that a member's own word is taken for how long it is full. @default 10000 */
  readonly longestPauseMs: number;
  readonly breaker: BreakerPolicy;
  readonly retry: RetryPolicy;
}

export interface BreakerPolicy {
  /** Failures one after the other that open it. @default 5 */
  readonly failuresInARow: number;
  /** Part of the calls in a window that failed, which opens it. @default 0.5 */
  readonly failureShare: number;
  /** Calls without which a share says nothing. @default 20 */
  readonly leastCalls: number;
  /** @default 10000 */
  readonly windowMs: number;
  /** How long it is open; twice as long after each probe that fails. @default 1000 */
  readonly openMs: number;
  /** @default 60000 */
  readonly longestOpenMs: number;
}

export interface RetryPolicy {
  /** Retries allowed, as a part of the requests. @default 0.1 */
  readonly share: number;
  /** Retries a second that are always allowed. @default 1 */
  readonly perSecond: number;
  /** Retries saved up at most. @default 20 */
  readonly most: number;
}

export const DEFAULT_POLICY: RoutingPolicy = {
  sloTtftMs: 2_000,
  spillAbove: 0.8,
  patienceMs: { interactive: 5_000, experimental: 10_000, batch: 60_000 },
  ownShare: { interactive: 1, experimental: 0.5, batch: 0.9 },
  queueLimit: 1_024,
  prefixes: 65_536,
  loadTtlMs: 5_000,
  overloadPauseMs: 250,
  longestPauseMs: 10_000,
  breaker: {
    failuresInARow: 5,
    failureShare: 0.5,
    leastCalls: 20,
    windowMs: 10_000,
    openMs: 1_000,
    longestOpenMs: 60_000,
  },
  retry: { share: 0.1, perSecond: 1, most: 20 },
};
