import { PlatformError } from '@plinth/contracts';
import type { ModelEvent } from '../model-client.ts';
import { readFinishReason, readToolCalls, readUsage } from './answer-parts.ts';
import { fromStreamedError } from './http-errors.ts';
import { isRecord } from './json-fields.ts';

/** One whole JSON answer as the events that follow `start`. */
export function readAnswer(body: string, emit: (event: ModelEvent) => void): void {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (error) {
    return fail(emit, 'is not JSON', error);
  }
  if (!isRecord(answer)) return fail(emit, 'is not an object');
  if (isRecord(answer['error'])) return emit({ type: 'error', error: fromStreamedError(answer) });
  const choice: unknown = Array.isArray(answer['choices']) ? answer['choices'][0] : undefined;
  if (!isRecord(choice) || !isRecord(choice['message'])) return fail(emit, 'has no choices');
  const reason = readFinishReason(typeof choice['finish_reason'] === 'string' ? choice['finish_reason'] : 'stop');
  if (reason instanceof PlatformError) return emit({ type: 'error', error: reason });

  const message = choice['message'];
  const text = message['content'] ?? message['refusal'];
  if (typeof text === 'string' && text !== '') emit({ type: 'text', text });
  readToolCalls(message['tool_calls'], new Set(), emit);
  const usage = readUsage(answer['usage']);
  emit(usage === undefined ? { type: 'end', reason } : { type: 'end', reason, usage });
}

function fail(emit: (event: ModelEvent) => void, what: string, cause?: unknown): void {
  const kind = cause instanceof Error ? new Error(cause.name) : undefined;
  const message = `The answer of the model's server ${what}. Retry shortly.`;
  emit({ type: 'error', error: new PlatformError('upstream_failed', message, { cause: kind }) });
}
