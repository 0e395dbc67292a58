import type { ErrorCode, PlatformError } from '@plinth/contracts';

/** An error as the Bedrock runtime names it. */
export interface BedrockFault {
  /** The exception's name; the SDK throws a class of this name. */
  name: string;
  status: number;
  message: string;
}

const FAULTS: Partial<Record<ErrorCode, Omit<BedrockFault, 'message'>>> = {
  invalid_request: { name: 'ValidationException', status: 400 },
  invalid_json: { name: 'SerializationException', status: 400 },
  unsupported_feature: { name: 'ValidationException', status: 400 },
  context_length_exceeded: { name: 'ValidationException', status: 400 },
  request_too_large: { name: 'ValidationException', status: 400 },
  invalid_api_key: { name: 'UnrecognizedClientException', status: 403 },
  invalid_token: { name: 'ExpiredTokenException', status: 403 },
  permission_denied: { name: 'AccessDeniedException', status: 403 },
  not_found: { name: 'ResourceNotFoundException', status: 404 },
  model_not_found: { name: 'ResourceNotFoundException', status: 404 },
  budget_exceeded: { name: 'ServiceQuotaExceededException', status: 400 },
  request_timeout: { name: 'ModelTimeoutException', status: 408 },
  upstream_timeout: { name: 'ModelTimeoutException', status: 408 },
  rate_limit_exceeded: { name: 'ThrottlingException', status: 429 },
  concurrency_limit_exceeded: { name: 'ThrottlingException', status: 429 },
  // A full queue is to the local model what an exhausted quota is to Bedrock: wait and retry.
  overloaded: { name: 'ThrottlingException', status: 429 },
  upstream_throttled: { name: 'ServiceUnavailableException', status: 503 },
  storage_failed: { name: 'ServiceUnavailableException', status: 503 },
  upstream_failed: { name: 'ModelErrorException', status: 424 },
  upstream_rejected: { name: 'ModelErrorException', status: 424 },
};

/** How Bedrock would say this error before the first byte of an answer. */
export function toFault(error: PlatformError): BedrockFault {
  const fault = FAULTS[error.code] ?? { name: 'InternalServerException', status: 500 };
  return { ...fault, message: error.message };
}

/** Error names that may travel inside an event stream; whatever else breaks a stream is a ModelStreamErrorException. */
const STREAM_FAULTS = new Set([
  'InternalServerException',
  'ValidationException',
  'ThrottlingException',
  'ModelTimeoutException',
  'ServiceUnavailableException',
]);

/** How Bedrock would say this error in the middle of a stream: an exception event, its type with a small first letter. */
export function toStreamFault(error: PlatformError): { type: string; body: Record<string, unknown> } {
  const { name, status, message } = toFault(error);
  if (STREAM_FAULTS.has(name)) return { type: name[0]?.toLowerCase() + name.slice(1), body: { message } };
  const body = { message, originalStatusCode: status, originalMessage: message };
  return { type: 'modelStreamErrorException', body };
}

export function faultResponse(error: PlatformError, requestId: string): Response {
  const { name, status, message } = toFault(error);
  return Response.json({ message }, { status, headers: { 'x-amzn-errortype': name, 'x-amzn-requestid': requestId } });
}
