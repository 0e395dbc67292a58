import { expect, it } from 'vitest';
import { fromHttpError } from './http-errors.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const map = (status: number, body: unknown = {}, headers = {}) =>
  fromHttpError(status, headers, typeof body === 'string' ? body : JSON.stringify(body), NOW);

it.each([
  [400, {}, 'invalid_request'],
  [422, {}, 'invalid_request'],
  [400, { error: { code: 'context_length_exceeded', message: '' } }, 'context_length_exceeded'],
  [400, { object: 'error', message: "This model's maximum context length is 10 tokens." }, 'context_length_exceeded'],
  [401, {}, 'configuration'],
  [403, {}, 'configuration'],
  [404, {}, 'configuration'],
  [408, {}, 'upstream_timeout'],
  [413, {}, 'request_too_large'],
  [418, {}, 'upstream_rejected'],
  [429, {}, 'upstream_throttled'],
  [429, { error: { code: 'insufficient_quota' } }, 'configuration'],
  [500, {}, 'upstream_failed'],
  [502, '<html>', 'upstream_failed'],
  [503, '', 'overloaded'],
  [504, {}, 'upstream_timeout'],
  [529, {}, 'overloaded'],
  [302, {}, 'configuration'],
])('maps HTTP %i with %j to %s', (status, body, code) => {
  expect(map(status, body).code).toBe(code);
});

it.each([
  ['7', 7],
  ['0.2', 1],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30],
  ['Wed, 31 Dec 2025 00:00:30 GMT', 1],
  ['999999', 3_600],
  ['soon', undefined],
])('reads Retry-After %s as %s seconds', (header, seconds) => {
  expect(map(429, {}, { 'retry-after': header }).retryAfterSeconds).toBe(seconds);
});

it('names the field the server names, and never quotes what it says about the request', () => {
  const error = map(400, { error: { message: 'bad: my secret prompt', param: 'top_p', type: 'BadRequestError' } });
  expect(error.param).toBe('top_p');
  expect(`${error.message} ${String(error.cause)}`).not.toContain('secret');
});

it.each([
  ['top_p', 'top_p'],
  ['body.stop', 'stop'],
  ['body.messages.0.role', 'messages.0.role'],
  ['input_tokens', 'messages'],
])('says the %s of vLLM as the field %s that the caller sent', (param, field) => {
  expect(map(400, { error: { message: '', type: 'BadRequestError', param, code: 400 } }).param).toBe(field);
});

it.each([
  "This model's maximum context length is 1024 tokens. However, your prompt contains at least 1025 input tokens.",
  'max_tokens=5000 cannot be greater than max_model_len=1024. Please request fewer output tokens.',
])('knows from vLLM that a request does not fit: %s', (message) => {
  expect(map(400, { error: { message, type: 'BadRequestError', code: 400 } }).code).toBe('context_length_exceeded');
});

it('keeps what a failed server says for the operators, in the cause only', () => {
  const error = map(500, { error: { message: 'CUDA out of memory' } });
  expect(error.message).not.toContain('CUDA');
  expect(String(error.cause)).toContain('CUDA out of memory');
});
