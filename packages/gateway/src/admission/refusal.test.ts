import { Limits, type LimitName } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { refusalError } from './refusal.ts';

const refused = (limit: LimitName, overrides: object = {}) =>
  refusalError({ admitted: false, limit, scope: 'key', retryAfterMs: 30_001, neverFits: false, ...overrides });

describe('a refused reservation', () => {
  it.each<[LimitName, string]>([
    ['requestsPerMinute', 'rate_limit_exceeded'],
    ['tokensPerMinute', 'rate_limit_exceeded'],
    ['concurrentRequests', 'concurrency_limit_exceeded'],
    ['tokensPerDay', 'budget_exceeded'],
    ['tokensPerMonth', 'budget_exceeded'],
    ['nanoUsdPerDay', 'budget_exceeded'],
    ['nanoUsdPerMonth', 'budget_exceeded'],
  ])('for %s is %s, with the seconds to wait rounded up', (limit, code) =>
    expect(refused(limit)).toMatchObject({ code, status: 429, retryAfterSeconds: 31, retryable: true }),
  );

  it('has words for every limit there is', () => {
    for (const limit of Object.keys(Limits.shape) as LimitName[])
      expect(refused(limit).message).toMatch(/^The limit of [a-z ]+ for this key is reached\. Retry in 31 s\.$/);
  });

  it('says whose limit it is', () => {
    expect(refused('tokensPerDay').message).toContain('this key');
    expect(refused('tokensPerDay', { scope: 'tenant' }).message).toContain('your organization');
  });

  it('asks for at least a second of patience', () =>
    expect(refused('concurrentRequests', { retryAfterMs: 0 }).retryAfterSeconds).toBe(1));

  it('that can never fit says what to change, and gives no time to wait', () => {
    const error = refused('tokensPerDay', { neverFits: true });
    expect(error.retryAfterSeconds).toBeUndefined();
    expect(error.message).toContain('Lower max_tokens');
  });
});
