import type { ChatCompletionRequest, ChatUsage, FinishReason, GuardSummary } from '@plinth/contracts';
import { call } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { isRecord } from './json.ts';
import { ApiError, brokenOff, localProblem, problemFromBody } from './problem.ts';
import type { Problem } from './problem.ts';
import { readServerSentEvents } from './sse.ts';

/** What only the last chunks of an answer say. */
export interface AnswerReport {
  finishReason?: FinishReason;
  usage?: ChatUsage;
  guard: GuardSummary[];
  /** Older messages left out so that the prompt fits the model. */
  truncatedMessages: number;
  conversationId?: string;
}

export type ChatStreamEvent = { type: 'delta'; text: string } | { type: 'end'; report: AnswerReport };

/** Where and how an answer is streamed, beside the request itself. */
export interface StreamOptions {
  /** @default '/v1/chat/completions' */
  path?: string;
  /** Told of each chunk before its text is given out: what a service adds to OpenAI's shape is read there. */
  onChunk?: (chunk: Record<string, unknown>) => void;
}

/** Longest silence before the page gives an answer up, milliseconds. */
export const SILENCE_LIMIT_MS = 60_000;

/**
 * Streams one answer: any number of `delta`, then exactly one `end`.
 *
 * @throws {ApiError} refused, broken, silent for too long, or an error event inside the stream
 * @throws the signal's reason when `signal` is aborted
 */
export async function* streamChat(
  endpoint: Endpoint,
  key: string,
  request: ChatCompletionRequest,
  signal: AbortSignal,
  { path = '/v1/chat/completions', onChunk }: StreamOptions = {},
): AsyncGenerator<ChatStreamEvent, void, undefined> {
  const silence = new AbortController();
  const either = AbortSignal.any([signal, silence.signal]);
  let timer = setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
  try {
    const response = await call(endpoint, path, {
      method: 'POST',
      key,
      body: { ...request, stream: true, stream_options: { include_usage: true } },
      signal: either,
    });
    const type = response.headers.get('content-type') ?? '';
    if (response.body === null || !type.startsWith('text/event-stream')) throw new ApiError(localProblem('unreadable'));

    const report: AnswerReport = { guard: [], truncatedMessages: 0 };
    let finished = false;
    let wrote = false;
    for await (const { data } of readServerSentEvents(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
      if (data === '[DONE]') {
        finished = true;
        break;
      }
      const chunk = parse(data);
      const failure = errorOf(chunk);
      if (failure !== undefined) throw new ApiError(wrote ? brokenOff(failure) : failure);
      const text = readChunk(chunk, report);
      if (isRecord(chunk)) onChunk?.(chunk);
      if (text === '') continue;
      wrote = true;
      yield { type: 'delta', text };
    }
    // Some servers end without [DONE]; a finish reason is then what tells a whole answer from a cut one.
    if (!finished && report.finishReason === undefined) throw new ApiError(localProblem('interrupted'));
    yield { type: 'end', report };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (silence.signal.aborted) throw new ApiError(localProblem('silent'), error);
    if (error instanceof ApiError) throw error;
    throw new ApiError(localProblem(error instanceof RangeError ? 'unreadable' : 'interrupted'), error);
  } finally {
    clearTimeout(timer);
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    throw new ApiError(localProblem('unreadable'), error);
  }
}

/** What an error event inside the stream says; undefined where the chunk is an ordinary one. */
function errorOf(chunk: unknown): Problem | undefined {
  return isRecord(chunk) && isRecord(chunk.error) ? problemFromBody(0, chunk) : undefined;
}

/** Takes one chunk into the report and returns the text it adds. */
function readChunk(chunk: unknown, report: AnswerReport): string {
  if (!isRecord(chunk)) throw new ApiError(localProblem('unreadable'));
  if (isRecord(chunk.usage)) report.usage = readUsage(chunk.usage);
  if (isRecord(chunk.plinth)) readExtension(chunk.plinth, report);
  const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
  if (!isRecord(choice)) return '';
  if (typeof choice.finish_reason === 'string') report.finishReason = choice.finish_reason as FinishReason;
  return isRecord(choice.delta) && typeof choice.delta.content === 'string' ? choice.delta.content : '';
}

function readUsage(usage: Record<string, unknown>): ChatUsage {
  const prompt = count(usage.prompt_tokens);
  const completion = count(usage.completion_tokens);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(typeof usage.cost_usd === 'number' ? { cost_usd: usage.cost_usd } : {}),
  };
}

function readExtension(plinth: Record<string, unknown>, report: AnswerReport): void {
  report.truncatedMessages = count(plinth.truncated_messages);
  if (typeof plinth.conversation_id === 'string') report.conversationId = plinth.conversation_id;
  if (!Array.isArray(plinth.guard)) return;
  report.guard = plinth.guard.flatMap((entry: unknown): GuardSummary[] => {
    if (!isRecord(entry) || typeof entry.detector !== 'string') return [];
    return [
      {
        stage: entry.stage === 'output' ? 'output' : 'input',
        action: entry.action === 'blocked' ? 'blocked' : 'redacted',
        detector: entry.detector,
        count: count(entry.count),
      },
    ];
  });
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
