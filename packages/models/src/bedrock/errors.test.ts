import { expect, it } from 'vitest';
import { fromBedrockError } from './errors.ts';

const named = (name: string, message = '', extra: object = {}): Error =>
  Object.assign(new Error(message), { name }, extra);

it.each([
  ['ThrottlingException', 'upstream_throttled'],
  ['ServiceQuotaExceededException', 'upstream_throttled'],
  ['ServiceUnavailableException', 'overloaded'],
  ['ModelNotReadyException', 'overloaded'],
  ['ModelTimeoutException', 'upstream_timeout'],
  ['ModelErrorException', 'upstream_failed'],
  ['ModelStreamErrorException', 'upstream_failed'],
  ['InternalServerException', 'upstream_failed'],
  ['AccessDeniedException', 'configuration'],
  ['ResourceNotFoundException', 'configuration'],
  ['ExpiredTokenException', 'configuration'],
  ['CredentialsProviderError', 'configuration'],
  ['TimeoutError', 'upstream_timeout'],
])('maps %s to %s', (name, code) => {
  expect(fromBedrockError(named(name)).code).toBe(code);
});

it.each([
  ['Input is too long for requested model.', 'context_length_exceeded'],
  [
    'The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum',
    'context_length_exceeded',
  ],
  ['input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000', 'context_length_exceeded'],
  ["Invocation of model ID x with on-demand throughput isn't supported.", 'configuration'],
  ['The provided model identifier is invalid.', 'configuration'],
  ['messages.0: something about my secret prompt', 'invalid_request'],
])('reads the validation message "%s" as %s', (message, code) => {
  const error = fromBedrockError(named('ValidationException', message));
  expect(error.code).toBe(code);
  expect(`${error.message} ${String(error.cause)}`).not.toContain('secret');
});

it.each([
  [429, 'upstream_throttled'],
  [503, 'overloaded'],
  [403, 'configuration'],
  [418, 'upstream_rejected'],
  [502, 'upstream_failed'],
])('falls back to HTTP %i as %s', (httpStatusCode, code) => {
  expect(fromBedrockError(named('Unknown', '', { $metadata: { httpStatusCode } })).code).toBe(code);
});

it('takes what has neither name nor status for a broken connection, and our own mistakes for internal', () => {
  expect(fromBedrockError(named('Error', 'socket hang up')).code).toBe('upstream_failed');
  expect(fromBedrockError(new TypeError('x is not a function')).code).toBe('internal');
});
