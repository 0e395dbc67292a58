import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';

interface Refusal {
  readonly code: string;
  readonly type: string;
  readonly message: string;
  readonly status?: string;
  readonly retryAfter?: number;
}

/** What API Gateway refuses by itself, before any code of ours runs, in the shape OpenAI's clients read. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  UNAUTHORIZED: {
    code: 'invalid_token',
    type: 'authentication_error',
    message: 'The token is missing, wrong or expired. Sign in again.',
    status: '401',
  },
  ACCESS_DENIED: {
    code: 'permission_denied',
    type: 'permission_error',
    message: 'This token may not call this route.',
    status: '403',
  },
  INVALID_API_KEY: {
    code: 'invalid_api_key',
    type: 'authentication_error',
    message: 'The x-api-key header is missing or wrong.',
    status: '403',
  },
  THROTTLED: {
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
    message: 'Too many requests. Retry shortly.',
    status: '429',
    retryAfter: 1,
  },
  QUOTA_EXCEEDED: {
    code: 'budget_exceeded',
    type: 'insufficient_quota',
    message: 'The quota of this application is used up for the period.',
    status: '429',
    retryAfter: 3600,
  },
  REQUEST_TOO_LARGE: {
    code: 'request_too_large',
    type: 'invalid_request_error',
    message: 'The request body is too large.',
    status: '413',
  },
  INTEGRATION_TIMEOUT: {
    code: 'upstream_timeout',
    type: 'timeout_error',
    message: 'The answer took too long.',
    status: '504',
  },
  DEFAULT_4XX: {
    code: 'invalid_request',
    type: 'invalid_request_error',
    message: 'The request could not be accepted. See the API description at /openapi.json.',
  },
  DEFAULT_5XX: { code: 'internal', type: 'api_error', message: 'The service could not answer. Retry shortly.' },
};

/** Gives every refusal of a REST API its body and, for the web origin allowed, the headers a browser needs to read it. */
export function gatewayResponses(
  name: string,
  restApiId: pulumi.Input<string>,
  allowOrigin: string | undefined,
  opts: pulumi.CustomResourceOptions,
): aws.apigateway.Response[] {
  return Object.entries(REFUSALS).map(([responseType, { status, retryAfter, ...error }]) => {
    const headers: Record<string, string> = {};
    if (retryAfter !== undefined) headers['gatewayresponse.header.Retry-After'] = `'${retryAfter}'`;
    if (allowOrigin !== undefined) headers['gatewayresponse.header.Access-Control-Allow-Origin'] = `'${allowOrigin}'`;
    return new aws.apigateway.Response(
      `${name}-${responseType.toLowerCase().replaceAll('_', '-')}`,
      {
        restApiId,
        responseType,
        statusCode: status,
        responseParameters: headers,
        responseTemplates: { 'application/json': JSON.stringify({ error: { ...error, param: null } }) },
      },
      opts,
    );
  });
}
