import { PlatformError, type ErrorCode } from '@plinth/contracts';
import { httpStatus, requestId, retryAfter } from '../aws/error-fields.ts';

type Entry = readonly [ErrorCode, string];

const CREDENTIALS =
  'AWS refused our credentials. Check the role (or profile) the process runs with, its clock and its expiry.';

/** What Bedrock and the SDK raise, by name: the classes themselves are loaded late, and exceptions in a stream have no class. */
const BY_NAME: Record<string, Entry> = {
  ThrottlingException: ['upstream_throttled', 'Bedrock is limiting our rate. Retry later, or raise the model quota.'],
  TooManyRequestsException: ['upstream_throttled', 'Bedrock is limiting our rate. Retry later.'],
  ServiceQuotaExceededException: ['upstream_throttled', 'A Bedrock quota is used up. Retry later, or raise it.'],
  ServiceUnavailableException: ['overloaded', 'Bedrock is overloaded. Retry shortly, or use a cross-region profile.'],
  ModelNotReadyException: ['overloaded', 'The model is being made ready. Retry in some seconds.'],
  ModelTimeoutException: ['upstream_timeout', 'The model took too long. Retry, or ask for fewer tokens.'],
  ModelErrorException: ['upstream_failed', 'The model failed on this request. Retry shortly.'],
  ModelStreamErrorException: ['upstream_failed', 'The model failed in the middle of its answer. Retry shortly.'],
  InternalServerException: ['upstream_failed', 'Bedrock failed. Retry shortly.'],
  InternalFailure: ['upstream_failed', 'Bedrock failed. Retry shortly.'],
  ConflictException: ['upstream_failed', 'Bedrock reports a conflict with another operation. Retry shortly.'],
  AccessDeniedException: [
    'configuration',
    'Bedrock denies access to the model. Grant bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream on it to the role, and enable the model in the region.',
  ],
  ResourceNotFoundException: [
    'configuration',
    'Bedrock does not know the model or guardrail in this region. Check target.modelId, the guardrail and the region.',
  ],
  UnrecognizedClientException: ['configuration', CREDENTIALS],
  InvalidSignatureException: ['configuration', CREDENTIALS],
  InvalidClientTokenId: ['configuration', CREDENTIALS],
  ExpiredTokenException: ['configuration', CREDENTIALS],
  ExpiredToken: ['configuration', CREDENTIALS],
  CredentialsProviderError: [
    'configuration',
    'No AWS credentials were found. Run with a role, a profile or AWS_ACCESS_KEY_ID.',
  ],
  TimeoutError: ['upstream_timeout', 'Bedrock did not answer in time. Retry shortly.'],
};

const TOO_LONG =
  /too long|too many (input )?tokens|exceeds? the (maximum|model'?s?) .*(length|context|tokens)|context (window|length)|maximum context|input length and `?max_tokens/i;
const WRONG_MODEL = /on-demand throughput|model identifier is invalid|inference profile|doesn't support|not supported/i;

/**
 * Anything the SDK threw, or an exception event in a stream, in our codes. The service's own message stays out of the result when it
 * refuses a request, since it may quote the prompt.
 */
export function fromBedrockError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  if (!(error instanceof Error)) return PlatformError.from(error, 'upstream_failed');
  // A mistake of ours, which no retry mends.
  if (error instanceof TypeError || error instanceof ReferenceError) return PlatformError.from(error);
  if (error.name === 'ValidationException') return fromValidation(error);
  const status = httpStatus(error);
  const [code, message] = BY_NAME[error.name] ?? byStatus(status);
  const retryAfterSeconds = retryAfter(error);
  return new PlatformError(code, message, {
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function fromValidation(error: Error): PlatformError {
  const cause = new Error(`ValidationException, request ${requestId(error)}`);
  if (TOO_LONG.test(error.message))
    return new PlatformError(
      'context_length_exceeded',
      'The prompt and max_tokens do not fit the model. Shorten one of them.',
      { cause },
    );
  if (WRONG_MODEL.test(error.message))
    return new PlatformError(
      'configuration',
      'Bedrock cannot serve this model this way. Check target.modelId (many models need an inference profile) and its features.',
      { cause },
    );
  return new PlatformError('invalid_request', 'Bedrock refused the request as invalid. Check its fields.', { cause });
}

function byStatus(status: number | undefined): Entry {
  if (status === undefined)
    return ['upstream_failed', 'The connection to Bedrock broke, or none could be made. Retry shortly.'];
  if (status === 429) return BY_NAME['ThrottlingException']!;
  if (status === 503) return BY_NAME['ServiceUnavailableException']!;
  if (status === 408 || status === 504) return BY_NAME['TimeoutError']!;
  if (status === 401 || status === 403) return ['configuration', CREDENTIALS];
  if (status >= 400 && status < 500) return ['upstream_rejected', `Bedrock refused the request with HTTP ${status}.`];
  return ['upstream_failed', 'Bedrock failed in a way we do not know. Retry shortly.'];
}
