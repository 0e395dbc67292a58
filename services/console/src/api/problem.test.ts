import { ERROR_CODES } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { brokenOff, localProblem, problemFromBody, retryTime } from './problem.ts';

const body = (code: string, extra: object = {}) => ({ error: { message: 'Words.', code, retryable: false, ...extra } });

describe('problems in words', () => {
  it.each(Object.entries(ERROR_CODES))('says what happened and what to do for %s', (code, { status }) => {
    const problem = problemFromBody(status, body(code));
    expect(problem.title).toMatch(/^[A-Z].*\.$/);
    expect(problem.advice).toMatch(/^[A-Z].*\.$/);
    expect(problem.detail).toBe('Words.');
  });

  it('keeps the platform’s code, request id and time to wait', () => {
    const problem = problemFromBody(429, body('budget_exceeded', { request_id: 'r-9' }), 5_000);
    expect(problem).toMatchObject({ code: 'budget_exceeded', requestId: 'r-9', retryAt: 5_000, remedy: 'retry' });
  });

  it.each([
    [401, 'invalid_api_key', 'sign-in'],
    [403, 'permission_denied', 'none'],
    [429, 'rate_limit_exceeded', 'retry'],
    [502, 'upstream_failed', 'retry'],
    [503, 'overloaded', 'retry'],
    [504, 'upstream_timeout', 'retry'],
    [418, 'unknown', 'none'],
  ])('tells status %i by itself when the body is a proxy’s', (status, code, remedy) => {
    for (const given of [
      '<html>',
      undefined,
      null,
      [],
      { error: 'x' },
      { error: { code: 7 } },
      { message: 'Forbidden' },
    ]) {
      expect(problemFromBody(status, given)).toMatchObject({ code, remedy });
    }
  });

  it('offers a retry for a code it does not know when the platform says it may work', () => {
    expect(problemFromBody(409, body('brand_new', { retryable: true })).remedy).toBe('retry');
    expect(problemFromBody(409, body('brand_new')).remedy).toBe('none');
  });

  it('says of a half answer that it broke off, and leaves what cannot be retried as it was', () => {
    expect(brokenOff(localProblem('interrupted')).title).toBe('The answer broke off.');
    const blocked = problemFromBody(0, body('content_blocked'));
    expect(brokenOff(blocked)).toBe(blocked);
  });
});

describe('Retry-After', () => {
  it('reads seconds and dates, and nothing else', () => {
    expect(retryTime('12', 1_000)).toBe(13_000);
    expect(retryTime('0.5', 1_000)).toBe(1_500);
    expect(retryTime('Thu, 01 Jan 1970 00:01:00 GMT', 1_000)).toBe(60_000);
    expect(retryTime('Thu, 01 Jan 1970 00:00:00 GMT', 1_000)).toBe(1_000);
    for (const header of [null, '', ' ', 'soon', '-3']) expect(retryTime(header, 1_000)).toBeUndefined();
  });
});
