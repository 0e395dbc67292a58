import type { LimitName, Limits } from '@plinth/contracts';
import type { Amount, ReserveDecision } from '../ports/ledger.ts';
import { untilEndOf } from './periods.ts';

export type Metric = 'requests' | 'tokens' | 'nanoUsd';

export interface LimitRule {
  readonly name: LimitName;
  /** `now` counts reservations in force; the others count a calendar period. */
  readonly period: 'minute' | 'day' | 'month' | 'now';
  readonly metric: Metric;
}

/** Every limit, in the order of the contract. Arrays of limits, of use and of needs all follow this order. */
export const LIMIT_RULES: readonly LimitRule[] = [
  { name: 'requestsPerMinute', period: 'minute', metric: 'requests' },
  { name: 'concurrentRequests', period: 'now', metric: 'requests' },
  { name: 'tokensPerMinute', period: 'minute', metric: 'tokens' },
  { name: 'tokensPerDay', period: 'day', metric: 'tokens' },
  { name: 'tokensPerMonth', period: 'month', metric: 'tokens' },
  { name: 'nanoUsdPerDay', period: 'day', metric: 'nanoUsd' },
  { name: 'nanoUsdPerMonth', period: 'month', metric: 'nanoUsd' },
];

/** A slot comes free whenever some request ends: a moment, not a period. */
const CONCURRENCY_RETRY_MS = 1_000;

/** The limits of a day and a month. */
export const budgetsOf = ({ tokensPerDay, tokensPerMonth, nanoUsdPerDay, nanoUsdPerMonth }: Limits): Limits => ({
  tokensPerDay,
  tokensPerMonth,
  nanoUsdPerDay,
  nanoUsdPerMonth,
});

export const limitValues = (limits: Limits): number[] =>
  LIMIT_RULES.map((rule) => limits[rule.name] ?? Number.POSITIVE_INFINITY);

/** What one request of this size takes from each limit. */
export function neededOf(amount: Amount): number[] {
  const tokens = amount.inputTokens + amount.outputTokens;
  return [1, 1, tokens, tokens, tokens, amount.nanoUsd, amount.nanoUsd];
}

export interface ScopeState {
  readonly scope: 'tenant' | 'key';
  /** Infinity where there is no limit. */
  readonly limits: ArrayLike<number>;
  readonly used: ArrayLike<number>;
}

export type Refusal = Extract<ReserveDecision, { admitted: false }>;

/**
 * The limit to name in a refusal, or `undefined` when the request fits. Of several that stand in the way it is the one that takes
 * longest to clear, so that whoever waits `retryAfterMs` does not run into the next; ties go to the tenant, then to the order of the rules.
 */
export function refusalOf(scopes: readonly ScopeState[], needed: ArrayLike<number>, now: number): Refusal | undefined {
  let worst: Refusal | undefined;
  for (const { scope, limits, used } of scopes) {
    for (const [index, rule] of LIMIT_RULES.entries()) {
      const limit = limits[index] ?? Number.POSITIVE_INFINITY;
      const need = needed[index] ?? 0;
      if ((used[index] ?? 0) + need <= limit) continue;
      const neverFits = need > limit;
      const retryAfterMs = rule.period === 'now' ? CONCURRENCY_RETRY_MS : untilEndOf(rule.period, now);
      if (worst && (worst.neverFits || (!neverFits && worst.retryAfterMs >= retryAfterMs))) continue;
      worst = { admitted: false, limit: rule.name, scope, retryAfterMs, neverFits };
    }
  }
  return worst;
}
