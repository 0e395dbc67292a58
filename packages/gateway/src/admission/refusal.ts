import { PlatformError, type LimitName } from '@plinth/contracts';
import type { ReserveDecision } from '@plinth/stores';

const LIMIT_WORDS: Readonly<Record<LimitName, string>> = {
  requestsPerMinute: 'requests per minute',
  concurrentRequests: 'requests at once',
  tokensPerMinute: 'tokens per minute',
  tokensPerDay: 'tokens per day',
  tokensPerMonth: 'tokens per month',
  nanoUsdPerDay: 'spend per day',
  nanoUsdPerMonth: 'spend per month',
};

type Refusal = Extract<ReserveDecision, { admitted: false }>;

/** A refused reservation as the error its caller sees: which limit, whose, and when to come back. */
export function refusalError(refusal: Refusal): PlatformError {
  const whose = refusal.scope === 'key' ? 'this key' : 'your organization';
  const what = LIMIT_WORDS[refusal.limit];
  if (refusal.neverFits)
    return new PlatformError(
      'budget_exceeded',
      `This request alone is over the limit of ${what} for ${whose}. Lower max_tokens or shorten the prompt.`,
    );
  const retryAfterSeconds = Math.max(1, Math.ceil(refusal.retryAfterMs / 1_000));
  const code =
    refusal.limit === 'concurrentRequests'
      ? 'concurrency_limit_exceeded'
      : refusal.limit.endsWith('Minute')
        ? 'rate_limit_exceeded'
        : 'budget_exceeded';
  return new PlatformError(code, `The limit of ${what} for ${whose} is reached. Retry in ${retryAfterSeconds} s.`, {
    retryAfterSeconds,
  });
}
