import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { ApiError, localProblem } from '../problem.ts';
import { answerOf, itemOf } from './async-items.ts';
import type { AsyncItem } from './async-items.ts';

export type SiteAnswer = { kind: 'answered'; text: string } | { kind: 'kept'; item: AsyncItem };

export interface SiteQuestion {
  model: string;
  question: string;
  /** Of one try and of every repetition of it, so that it is kept once. */
  idempotencyKey: string;
}

/** A small machine takes its time for a whole answer, and a slow link too, milliseconds. */
const TIMEOUT_MS = 120_000;
const MAX_TOKENS = 256;

/** Asks a model of a site, and would rather have the answer later than not at all. */
export async function askSite(
  endpoint: Endpoint,
  key: string,
  { model, question, idempotencyKey }: SiteQuestion,
  signal: AbortSignal,
): Promise<SiteAnswer> {
  const body = await callJson(endpoint, '/v1/chat/completions', {
    method: 'POST',
    key,
    headers: { prefer: 'respond-async', 'idempotency-key': idempotencyKey },
    body: { model, max_tokens: MAX_TOKENS, messages: [{ role: 'user', content: question }] },
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  const item = itemOf(body);
  if (item !== undefined) return { kind: 'kept', item };
  const text = answerOf(body);
  if (text === undefined) throw new ApiError(localProblem('unreadable'));
  return { kind: 'answered', text };
}
