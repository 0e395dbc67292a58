import type { Context } from 'hono';
import { check, parseJson } from '../http/read-json.ts';
import { requestAbort, streamResponse } from '../http/stream-response.ts';
import { answer, type AnswerEnd, type AnswerEvent } from './answer.ts';
import { invokeEmbedding } from './embedding/invoke-embedding.ts';
import { EVENT_STREAM_TYPE } from '../aws/event-frame.ts';
import { encodeEvents, type StreamEvent } from './event-stream.ts';
import { GuardrailConfig } from './guardrail/guardrail-config.ts';
import { readNativeBody, type NativeRequest } from './native-body.ts';
import { findGuardrail, type BedrockServices } from './services.ts';

interface Begun {
  native: NativeRequest;
  events: AsyncIterable<AnswerEvent>;
  guarded: boolean;
  traced: boolean;
  abort: () => void;
  latencyMs: () => number;
}

/** POST /model/{modelId}/invoke: a model family's own body in, its own body out. */
export async function invokeModel(c: Context, services: BedrockServices): Promise<Response> {
  if (services.embedding?.models.serves(c.req.param('modelId') ?? ''))
    return invokeEmbedding(c, services.embedding.engine);
  const begun = await begin(c, services);
  let text = '';
  for await (const event of begun.events) {
    if (event.type === 'text') text += event.text;
    else {
      c.header('x-amzn-bedrock-input-token-count', String(event.usage.promptTokens));
      c.header('x-amzn-bedrock-output-token-count', String(event.usage.completionTokens));
      c.header('x-amzn-bedrock-invocation-latency', String(begun.latencyMs()));
      return c.json({ ...begun.native.whole(text, event), ...guardrailFields(event, begun) });
    }
  }
  throw new Error('the engine ended without an end event');
}

/** POST /model/{modelId}/invoke-with-response-stream: each chunk is one native JSON document inside a `chunk` event. */
export async function invokeModelWithResponseStream(c: Context, services: BedrockServices): Promise<Response> {
  const begun = await begin(c, services);
  return streamResponse(encodeEvents(chunkEvents(begun, services)), {
    headers: { 'content-type': EVENT_STREAM_TYPE, 'x-amzn-bedrock-content-type': 'application/json' },
    onGone: begun.abort,
  });
}

async function begin(c: Context, services: BedrockServices): Promise<Begun> {
  services.models.assertServed(c.req.param('modelId') ?? '');
  const startedAt = services.now();
  const native = readNativeBody(parseJson(new Uint8Array(await c.req.arrayBuffer())));
  const config = guardrailHeaders(c);
  const { signal, abort } = requestAbort(c.req.raw);
  const { prompt, generation } = native;
  const events = await answer(
    services.engine,
    { prompt, generation, guardrail: findGuardrail(services, config) },
    signal,
  );
  return {
    native,
    events,
    guarded: config !== undefined,
    traced: (config?.trace ?? 'disabled') !== 'disabled',
    abort,
    latencyMs: () => Math.round(services.now() - startedAt),
  };
}

function guardrailHeaders(c: Context): GuardrailConfig | undefined {
  const guardrailIdentifier = c.req.header('x-amzn-bedrock-guardrailidentifier');
  if (guardrailIdentifier === undefined) return undefined;
  return check(GuardrailConfig, {
    guardrailIdentifier,
    guardrailVersion: c.req.header('x-amzn-bedrock-guardrailversion'),
    trace: c.req.header('x-amzn-bedrock-trace')?.toLowerCase(),
  });
}

async function* chunkEvents(begun: Begun, { now }: BedrockServices): AsyncGenerator<StreamEvent, void, undefined> {
  const startedAt = now();
  let firstByteMs: number | undefined;
  for await (const event of begun.events) {
    firstByteMs ??= Math.round(now() - startedAt);
    if (event.type === 'text') yield chunkEvent(begun.native.piece(event.text));
    else {
      yield chunkEvent({
        ...begun.native.last(event),
        ...guardrailFields(event, begun),
        'amazon-bedrock-invocationMetrics': {
          inputTokenCount: event.usage.promptTokens,
          outputTokenCount: event.usage.completionTokens,
          invocationLatency: begun.latencyMs(),
          firstByteLatency: firstByteMs,
        },
      });
    }
  }
}

function chunkEvent(native: Record<string, unknown>): StreamEvent {
  return { type: 'chunk', payload: { bytes: Buffer.from(JSON.stringify(native)).toString('base64') } };
}

function guardrailFields({ stopReason, trace }: AnswerEnd, { guarded, traced }: Begun): Record<string, unknown> {
  if (!guarded) return {};
  return {
    'amazon-bedrock-guardrailAction': stopReason === 'guardrail_intervened' ? 'INTERVENED' : 'NONE',
    ...(traced && trace && { 'amazon-bedrock-trace': { guardrail: trace } }),
  };
}
