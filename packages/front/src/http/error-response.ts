import { PlatformError, toOpenAIError } from '@plinth/contracts';
import type { Context } from 'hono';

/** Any failure as OpenAI's clients know it. Nothing of a stack trace or a cause leaves the process. */
export function errorResponse(context: Context, thrown: unknown, requestId: string): Response {
  const error = PlatformError.from(thrown);
  for (const [name, value] of Object.entries(errorHeaders(error))) context.header(name, value);
  return context.json(toOpenAIError(error, requestId), error.status as 400);
}

/** What a failure says in its headers. */
export function errorHeaders(error: PlatformError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error.retryAfterSeconds !== undefined) headers['Retry-After'] = String(error.retryAfterSeconds);
  if (error.code === 'invalid_api_key' || error.code === 'invalid_token') headers['WWW-Authenticate'] = 'Bearer';
  // A body that was not read to its end would be taken for the next request.
  if (error.code === 'request_too_large') headers['Connection'] = 'close';
  return headers;
}
