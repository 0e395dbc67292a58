import { PlatformError, toOpenAIError } from '@plinth/contracts';
import type { Context } from 'hono';

/** Any failure as OpenAI's clients know it. Nothing of a stack trace or a cause leaves the process. */
export function errorResponse(context: Context, thrown: unknown, requestId: string): Response {
  const error = PlatformError.from(thrown);
  if (error.retryAfterSeconds !== undefined) context.header('Retry-After', String(error.retryAfterSeconds));
  if (error.code === 'invalid_api_key' || error.code === 'invalid_token') context.header('WWW-Authenticate', 'Bearer');
  // A body that was not read to its end would be taken for the next request.
  if (error.code === 'request_too_large') context.header('Connection', 'close');
  return context.json(toOpenAIError(error, requestId), error.status as 400);
}
