import { describe, expect, it } from 'vitest';
import { ERROR_CODES, PlatformError, type ErrorCode } from './errors.ts';
import { OpenAIErrorBody, toOpenAIError } from './openai/error.ts';

const codes = Object.entries(ERROR_CODES) as [ErrorCode, (typeof ERROR_CODES)[ErrorCode]][];

describe('the table of errors', () => {
  it('has snake_case codes and HTTP error statuses', () => {
    for (const [code, { status }] of codes) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });

  it('calls every 429 retryable, and no 400, 401, 403, 404 or 413', () => {
    for (const [code, { status, retryable }] of codes) {
      if (status === 429) expect(retryable, code).toBe(true);
      if ([400, 401, 403, 404, 413].includes(status)) expect(retryable, code).toBe(false);
    }
  });

  it('gives codes of one status among 4xx the same meaning to a client: the caller, or us', () => {
    for (const [code, { status, type }] of codes) {
      if (status >= 500) expect(['api_error', 'timeout_error'], code).toContain(type);
      if (status === 401) expect(type, code).toBe('authentication_error');
      if (status === 400) expect(type, code).toBe('invalid_request_error');
    }
  });
});

describe('PlatformError', () => {
  it('carries what its code says', () => {
    for (const [code, entry] of codes) expect(new PlatformError(code, 'x')).toMatchObject({ code, ...entry });
  });

  it('is passed through by from, and keeps anything else as a cause that is not shown', () => {
    const known = new PlatformError('conflict', 'Twice.');
    expect(PlatformError.from(known)).toBe(known);
    const cause = new Error('secret detail');
    const unknown = PlatformError.from(cause);
    expect(unknown).toMatchObject({ code: 'internal', cause });
    expect(unknown.message).not.toContain('secret');
    expect(PlatformError.from('a string', 'upstream_failed').message).toBe('The model did not answer. Retry shortly.');
    expect(PlatformError.from(undefined, 'overloaded').message).toBe('The request failed.');
  });

  it("becomes OpenAI's error body, without cause or stack", () => {
    const error = new PlatformError('rate_limit_exceeded', 'Slow down.', { cause: new Error('x'), param: 'model' });
    const body = toOpenAIError(error, 'req-1');
    expect(OpenAIErrorBody.parse(body)).toEqual(body);
    expect(body).toEqual({
      error: {
        message: 'Slow down.',
        type: 'rate_limit_error',
        param: 'model',
        code: 'rate_limit_exceeded',
        retryable: true,
        request_id: 'req-1',
      },
    });
    expect(toOpenAIError(new PlatformError('internal', 'x')).error).toMatchObject({ param: null });
  });
});
