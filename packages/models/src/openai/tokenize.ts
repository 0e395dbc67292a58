import { PlatformError } from '@plinth/contracts';
import type { Dispatcher } from 'undici';
import { collect } from './collect.ts';
import type { ExchangeLimits, ExchangeRequest } from './exchange.ts';
import { fromHttpError } from './http-errors.ts';
import { isRecord, readNumber } from './json-fields.ts';

/**
 * Prompt tokens by vLLM's POST /tokenize. `not-served` when the server has no such endpoint, `unknown` when it cannot count this prompt.
 * Rejects with a PlatformError on a failure that may pass.
 */
export async function countWithTokenize(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  limits: ExchangeLimits,
  signal: AbortSignal,
): Promise<number | 'not-served' | 'unknown'> {
  const { status, headers, body } = await collect(dispatcher, request, limits, signal);
  if (status === 400 || status === 422) return 'unknown';
  if (status !== 200) {
    const error = fromHttpError(status, headers, body, Date.now());
    // A server that does not know the model has the endpoint, and may load the model yet.
    if (status === 404 && error.param === 'model') return 'unknown';
    if (status === 404 || status === 405 || status === 501) return 'not-served';
    throw error;
  }
  try {
    const answer: unknown = JSON.parse(body);
    return (isRecord(answer) ? readNumber(answer, 'count') : undefined) ?? 'not-served';
  } catch (error) {
    throw new PlatformError('upstream_failed', "The model server's token count is not JSON. Retry shortly.", {
      cause: error,
    });
  }
}
