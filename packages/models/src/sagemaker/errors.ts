import { PlatformError, type ErrorCode } from '@plinth/contracts';
import { httpStatus, requestId, retryAfter } from '../aws/error-fields.ts';
import { fromHttpError } from '../openai/http-errors.ts';
import { isRecord, readNumber, readString } from '../openai/json-fields.ts';

type Entry = readonly [ErrorCode, string];

const CREDENTIALS =
  'AWS refused our credentials. Check the role (or profile) the process runs with, its clock and its expiry.';
const TIMEOUT: Entry = ['upstream_timeout', 'SageMaker did not answer in time. Retry shortly.'];
const THROTTLED: Entry = ['upstream_throttled', 'SageMaker is limiting our rate. Retry later, or raise the quota.'];
const OVERLOADED: Entry = ['overloaded', 'The SageMaker endpoint is overloaded. Retry shortly, or let it scale.'];
const FAILED: Entry = ['upstream_failed', 'SageMaker failed. Retry shortly.'];

/** What SageMaker and the SDK raise, by name: the classes themselves are loaded late, and exceptions in a stream have no class. */
const BY_NAME: Record<string, Entry> = {
  ThrottlingException: THROTTLED,
  TooManyRequestsException: THROTTLED,
  ServiceUnavailable: OVERLOADED,
  ServiceUnavailableException: OVERLOADED,
  ModelNotReadyException: ['overloaded', 'The model is being loaded on its endpoint. Retry in some seconds.'],
  ModelStreamError: ['upstream_failed', 'The model failed in the middle of its answer. Retry shortly.'],
  InternalStreamFailure: ['upstream_failed', 'SageMaker failed in the middle of an answer. Retry shortly.'],
  InternalFailure: FAILED,
  InternalDependencyException: FAILED,
  AccessDeniedException: [
    'configuration',
    'SageMaker denies access to the endpoint. Grant sagemaker:InvokeEndpoint and sagemaker:InvokeEndpointWithResponseStream on it to the role.',
  ],
  UnrecognizedClientException: ['configuration', CREDENTIALS],
  InvalidSignatureException: ['configuration', CREDENTIALS],
  ExpiredTokenException: ['configuration', CREDENTIALS],
  CredentialsProviderError: [
    'configuration',
    'No AWS credentials were found. Run with a role, a profile or AWS_ACCESS_KEY_ID.',
  ],
  TimeoutError: TIMEOUT,
};

const UNKNOWN_TARGET = /not found|inference component|does not exist|could not find/i;
const TOO_LARGE = /length less than or equal to|payload|too large/i;

/**
 * Anything the SDK threw, or an exception event in a stream, in our codes. What the endpoint's container said is read as the HTTP answer it
 * was; the words of a refusal stay out of the result, since they may quote the prompt.
 */
export function fromSageMakerError(error: unknown, now: number): PlatformError {
  if (error instanceof PlatformError) return error;
  if (!(error instanceof Error)) return PlatformError.from(error, 'upstream_failed');
  // A mistake of ours, which no retry mends.
  if (error instanceof TypeError || error instanceof ReferenceError) return PlatformError.from(error);
  if (error.name === 'ModelError') return fromContainer(error, now);
  if (error.name === 'ValidationError' || error.name === 'ValidationException') return fromValidation(error);
  const [code, message] = BY_NAME[error.name] ?? byStatus(httpStatus(error));
  const retryAfterSeconds = retryAfter(error);
  return new PlatformError(code, message, {
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** ModelError carries the status and the body of the container's own answer; the container speaks OpenAI's protocol. */
function fromContainer(error: Error, now: number): PlatformError {
  const fields: Record<string, unknown> = { ...error };
  const said = readString(fields, 'OriginalMessage') ?? '';
  const body = isJsonObject(said) ? said : JSON.stringify({ message: said });
  return fromHttpError(readNumber(fields, 'OriginalStatusCode') ?? 500, {}, body, now);
}

function fromValidation(error: Error): PlatformError {
  const cause = new Error(`ValidationError, request ${requestId(error)}`);
  const said = `${error.message} ${readString({ ...error }, 'Message') ?? ''}`;
  if (TOO_LARGE.test(said))
    return new PlatformError('request_too_large', 'The request is too large for SageMaker. Shorten it.', { cause });
  if (UNKNOWN_TARGET.test(said))
    return new PlatformError(
      'configuration',
      'SageMaker does not know the endpoint or what is named on it. Check target.endpointName, inferenceComponent, targetModel and the region.',
      { cause },
    );
  return new PlatformError('invalid_request', 'SageMaker refused the request as invalid. Check its fields.', { cause });
}

function byStatus(status: number | undefined): Entry {
  if (status === undefined)
    return ['upstream_failed', 'The connection to SageMaker broke, or none could be made. Retry shortly.'];
  if (status === 429) return THROTTLED;
  if (status === 503) return OVERLOADED;
  if (status === 408 || status === 504) return TIMEOUT;
  if (status === 401 || status === 403) return ['configuration', CREDENTIALS];
  if (status >= 400 && status < 500) return ['upstream_rejected', `SageMaker refused the request with HTTP ${status}.`];
  return FAILED;
}

function isJsonObject(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
