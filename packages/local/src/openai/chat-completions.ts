import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { PlatformError, toOpenAIError, type ChatCompletionChunk } from '@plinth/contracts';
import type { Engine } from '../engine/engine.ts';
import { whenStarted } from '../http/first-event.ts';
import { readJson } from '../http/read-json.ts';
import { requestAbort, streamResponse } from '../http/stream-response.ts';
import { toChunks, toCompletion, type AnswerIdentity } from './answer.ts';
import { assertServed } from './model-name.ts';
import { LocalChatRequest, toGeneration } from './request.ts';

const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

/** POST /v1/chat/completions. The status is sent once a sequence is free, so a full queue is a 503 and not a broken stream. */
export async function chatCompletions(c: Context, engine: Engine): Promise<Response> {
  const request = await readJson(c, LocalChatRequest);
  assertServed(engine, request.model);
  const identity: AnswerIdentity = {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1_000),
    model: request.model,
  };
  const { signal, abort } = requestAbort(c.req.raw);
  const events = await whenStarted(engine.generate(toGeneration(request), signal));
  if (!request.stream) return c.json(await toCompletion(identity, events));
  const includeUsage = request.stream_options?.include_usage ?? false;
  return streamResponse(serverSentEvents(toChunks(identity, events, { includeUsage })), {
    headers: SSE_HEADERS,
    onGone: abort,
  });
}

/** An error after the first byte can only be an event of the stream; `[DONE]` then says that nothing else comes. */
async function* serverSentEvents(
  chunks: AsyncIterable<ChatCompletionChunk>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  const encode = (data: unknown) => encoder.encode(`data: ${JSON.stringify(data)}\n\n`);
  try {
    for await (const chunk of chunks) yield encode(chunk);
  } catch (error) {
    yield encode(toOpenAIError(PlatformError.from(error)));
  }
  yield encoder.encode('data: [DONE]\n\n');
}
