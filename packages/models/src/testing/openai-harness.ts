import type { CatalogModel, ModelFeature } from '@plinth/contracts';
import { createOpenAIModel } from '../openai/index.ts';
import type { ContractHarness, ContractScript, RefusalKind } from './contract-script.ts';
import type { WireAnswer } from './wire-server.ts';

const FEATURES: readonly ModelFeature[] = [
  'tools',
  'images',
  'structured-output',
  'prompt-cache',
  'service-tier',
  'seed',
];
const HEAD = { id: 'chatcmpl-1', created: 1_760_000_000, model: 'scripted' };

/** vLLM's dialect of the OpenAI protocol. */
export const openaiHarness: ContractHarness = {
  name: 'openai',
  features: FEATURES,
  connect: (server, limits = {}) =>
    createOpenAIModel(openaiCatalogModel(server.url), { maxResponseBytes: 128 * 1024 * 1024, ...limits }),
  encode: (script, isStream) => (isStream ? streamed(script) : whole(script)),
  refuse(kind) {
    const { status, headers, body } = REFUSALS[kind];
    return {
      status,
      headers: { 'content-type': 'application/json', ...headers },
      chunks: [Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))],
    };
  },
};

export function openaiCatalogModel(baseUrl: string, features: readonly ModelFeature[] = FEATURES): CatalogModel {
  return {
    id: 'scripted',
    target: { kind: 'openai', baseUrl, modelId: 'scripted' },
    contextTokens: 8_192,
    maxPromptTokens: 4_096,
    maxCompletionTokens: 4_096,
    contextPolicy: 'reject',
    features: [...features],
    price: { input: 0, output: 0 },
    ownedBy: 'test',
  };
}

/** One `data:` frame. */
export function frame(payload: unknown): Buffer {
  return Buffer.from(`data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`);
}

export function chunk(delta: Record<string, unknown>, finishReason: string | null = null): Record<string, unknown> {
  return {
    ...HEAD,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  };
}

function* streamedFrames(script: ContractScript): Generator<Buffer> {
  yield frame(chunk({ role: 'assistant', content: '' }));
  for (const content of script.text ?? []) yield frame(chunk({ content }));
  for (const [index, call] of (script.toolCalls ?? []).entries()) {
    for (const [piece, args] of call.arguments.entries()) {
      const head = piece === 0 ? { id: call.id, type: 'function' } : {};
      const name = piece === 0 ? { name: call.name } : {};
      yield frame(chunk({ tool_calls: [{ index, ...head, function: { ...name, arguments: args } }] }));
    }
  }
  const ending = script.ending ?? 'complete';
  if (ending === 'error')
    yield frame({ error: { object: 'error', message: 'engine died', type: 'InternalServerError', code: 500 } });
  if (ending !== 'complete') return;
  yield frame(chunk({}, script.reason ?? 'stop'));
  if (script.usage !== undefined)
    yield frame({ ...HEAD, object: 'chat.completion.chunk', choices: [], usage: wireUsage(script) });
  yield frame('[DONE]');
}

function streamed(script: ContractScript): WireAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    chunks: streamedFrames(script),
    ending: script.ending === 'hang' || script.ending === 'cut' ? script.ending : 'end',
  };
}

function whole(script: ContractScript): WireAnswer {
  const toolCalls = (script.toolCalls ?? []).map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments.join('') },
  }));
  const body = {
    ...HEAD,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: [...(script.text ?? [])].join(''), tool_calls: toolCalls },
        finish_reason: script.reason ?? 'stop',
      },
    ],
    usage: script.usage === undefined ? null : wireUsage(script),
  };
  const bytes = Buffer.from(JSON.stringify(body));
  return { status: 200, headers: { 'content-type': 'application/json' }, ...ended(script, bytes) };
}

/** A whole answer that breaks off has only half its bytes. */
export function ended(script: ContractScript, bytes: Buffer): Pick<WireAnswer, 'chunks' | 'ending'> {
  if (script.ending === undefined || script.ending === 'complete') return { chunks: [bytes] };
  const half = bytes.subarray(0, bytes.length / 2);
  return { chunks: [half], ending: script.ending === 'hang' || script.ending === 'cut' ? script.ending : 'end' };
}

function wireUsage({ usage }: ContractScript): unknown {
  if (usage === undefined) return undefined;
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    ...(usage.cachedInputTokens === undefined
      ? {}
      : { prompt_tokens_details: { cached_tokens: usage.cachedInputTokens } }),
  };
}

const error = (code: number, type: string, message: string): unknown => ({
  error: { object: 'error', message, type, param: null, code },
});

const REFUSALS: Record<RefusalKind, { status: number; headers?: Record<string, string>; body: unknown }> = {
  throttled: { status: 429, headers: { 'retry-after': '7' }, body: error(429, 'RateLimitError', 'slow down') },
  overloaded: { status: 503, body: error(503, 'ServiceUnavailableError', 'busy') },
  'too-long': {
    status: 400,
    body: error(
      400,
      'BadRequestError',
      "This model's maximum context length is 2048 tokens. However, you requested 4000 tokens (3900 in the messages, 100 in the completion).",
    ),
  },
  invalid: { status: 400, body: error(400, 'BadRequestError', "Unexpected value near 'a secret prompt'") },
  denied: { status: 401, body: { error: 'Unauthorized' } },
  'unknown-model': { status: 404, body: error(404, 'NotFoundError', 'The model `x` does not exist.') },
  failed: { status: 500, body: error(500, 'InternalServerError', 'CUDA error') },
  garbage: { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway</html>' },
};
