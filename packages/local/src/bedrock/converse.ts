import type { Context } from 'hono';
import { readJson } from '../http/read-json.ts';
import { requestAbort, streamResponse } from '../http/stream-response.ts';
import { answer, type AnswerEnd, type AnswerEvent } from './answer.ts';
import { ConverseRequest, toGeneration, toTurns } from './converse-request.ts';
import { EVENT_STREAM_TYPE } from '../aws/event-frame.ts';
import { encodeEvents, type StreamEvent } from './event-stream.ts';
import { findGuardrail, type BedrockServices } from './services.ts';

interface Begun {
  events: AsyncIterable<AnswerEvent>;
  request: ConverseRequest;
  abort: () => void;
  latencyMs: () => number;
}

/** POST /model/{modelId}/converse */
export async function converse(c: Context, services: BedrockServices): Promise<Response> {
  const begun = await begin(c, services);
  let text = '';
  for await (const event of begun.events) {
    if (event.type === 'text') text += event.text;
    else {
      return c.json({
        output: { message: { role: 'assistant', content: [{ text }] } },
        stopReason: event.stopReason,
        ...closing(event, begun),
      });
    }
  }
  throw new Error('the engine ended without an end event');
}

/** POST /model/{modelId}/converse-stream */
export async function converseStream(c: Context, services: BedrockServices): Promise<Response> {
  const begun = await begin(c, services);
  return streamResponse(encodeEvents(streamEvents(begun)), {
    headers: { 'content-type': EVENT_STREAM_TYPE },
    onGone: begun.abort,
  });
}

async function begin(c: Context, services: BedrockServices): Promise<Begun> {
  services.models.assertServed(c.req.param('modelId') ?? '');
  const startedAt = services.now();
  const request = await readJson(c, ConverseRequest);
  const { signal, abort } = requestAbort(c.req.raw);
  const events = await answer(
    services.engine,
    {
      prompt: { kind: 'chat', turns: toTurns(request) },
      generation: toGeneration(request),
      guardrail: findGuardrail(services, request.guardrailConfig),
    },
    signal,
  );
  return { events, request, abort, latencyMs: () => Math.round(services.now() - startedAt) };
}

async function* streamEvents(begun: Begun): AsyncGenerator<StreamEvent, void, undefined> {
  yield { type: 'messageStart', payload: { role: 'assistant' } };
  for await (const event of begun.events) {
    if (event.type === 'text') {
      yield { type: 'contentBlockDelta', payload: { contentBlockIndex: 0, delta: { text: event.text } } };
    } else {
      yield { type: 'contentBlockStop', payload: { contentBlockIndex: 0 } };
      yield { type: 'messageStop', payload: { stopReason: event.stopReason } };
      yield { type: 'metadata', payload: closing(event, begun) };
    }
  }
}

function closing({ usage, trace }: AnswerEnd, { request, latencyMs }: Begun): Record<string, unknown> {
  const traced = (request.guardrailConfig?.trace ?? 'disabled') !== 'disabled';
  return {
    usage: {
      inputTokens: usage.promptTokens,
      outputTokens: usage.completionTokens,
      totalTokens: usage.promptTokens + usage.completionTokens,
    },
    metrics: { latencyMs: latencyMs() },
    ...(trace && traced && { trace: { guardrail: trace } }),
    ...(request.performanceConfig && { performanceConfig: request.performanceConfig }),
  };
}
