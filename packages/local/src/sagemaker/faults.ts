import type { ErrorCode, PlatformError } from '@plinth/contracts';

const FAULTS: Partial<Record<ErrorCode, readonly [name: string, status: number]>> = {
  invalid_request: ['ValidationError', 400],
  invalid_json: ['ValidationError', 400],
  request_too_large: ['ValidationError', 400],
  invalid_api_key: ['UnrecognizedClientException', 403],
  invalid_token: ['ExpiredTokenException', 403],
  permission_denied: ['AccessDeniedException', 403],
  not_found: ['UnknownOperationException', 404],
  overloaded: ['ServiceUnavailable', 503],
};

/** An error of the runtime itself, as SageMaker says it; those of the container are `modelErrorResponse`. */
export function faultResponse(error: PlatformError, requestId: string): Response {
  const [name, status] = FAULTS[error.code] ?? ['InternalFailure', 500];
  return respond(status, name, { Message: error.message }, requestId);
}

/** The endpoint's container answered with an error: SageMaker hands over its status and its words. */
export function modelErrorResponse(status: number, message: string, endpointName: string, requestId: string): Response {
  const side = status >= 500 ? 'server' : 'client';
  return respond(
    424,
    'ModelError',
    {
      ErrorCode: `${side.toUpperCase()}_ERROR_FROM_MODEL`,
      LogStreamArn: `arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/${endpointName}`,
      Message: `Received ${side} error (${status}) from primary with message "${message}".`,
      OriginalMessage: message,
      OriginalStatusCode: status,
    },
    requestId,
  );
}

function respond(status: number, name: string, body: Record<string, unknown>, requestId: string): Response {
  return Response.json(body, { status, headers: { 'x-amzn-errortype': name, 'x-amzn-requestid': requestId } });
}
