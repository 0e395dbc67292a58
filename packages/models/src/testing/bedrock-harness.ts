import type { CatalogModel, FinishReason, ModelFeature } from '@plinth/contracts';
import { createBedrockModel, createBedrockRuntime } from '../bedrock/index.ts';
import type { ModelUsage } from '../model-client.ts';
import { bedrockError, eventMessage, eventStreamAnswer } from './bedrock-wire.ts';
import type { ContractHarness, ContractLimits, ContractScript, RefusalKind } from './contract-script.ts';
import { ended } from './openai-harness.ts';
import type { WireAnswer, WireServer } from './wire-server.ts';

const FEATURES: readonly ModelFeature[] = [
  'tools',
  'images',
  'structured-output',
  'prompt-cache',
  'service-tier',
  'seed',
];

/** Converse and ConverseStream in their real framing, under the real SDK. */
export const converseHarness: ContractHarness = {
  name: 'bedrock converse',
  features: FEATURES,
  connect: (server, limits = {}) => connect(server, 'converse', limits),
  encode: (script, isStream) =>
    isStream ? eventStream(script, converseStream(script)) : json(script, converseBody(script)),
  refuse: (kind) => REFUSALS[kind],
};

/** InvokeModel with the native body of Llama. */
export const invokeLlamaHarness: ContractHarness = {
  name: 'bedrock invoke-llama',
  features: [],
  connect: (server, limits = {}) => connect(server, 'invoke-llama', limits),
  encode: (script, isStream) => (isStream ? eventStream(script, llamaStream(script)) : json(script, llamaBody(script))),
  refuse: (kind) => REFUSALS[kind],
};

type Api = 'converse' | 'invoke-llama';

export function bedrockCatalogModel(api: Api, features: readonly ModelFeature[] = FEATURES): CatalogModel {
  return {
    id: 'scripted',
    target: { kind: 'bedrock', modelId: 'vendor.scripted-v1:0', api },
    contextTokens: 8_192,
    maxPromptTokens: 4_096,
    maxCompletionTokens: 4_096,
    contextPolicy: 'reject',
    features: [...features],
    price: { input: 0, output: 0 },
    ownedBy: 'test',
  };
}

/** A real SDK client pointed at a test server, with made-up credentials. */
export function bedrockRuntimeFor(server: Pick<WireServer, 'url'>) {
  return createBedrockRuntime({
    region: 'us-east-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

function connect(server: WireServer, api: Api, limits: ContractLimits) {
  return createBedrockModel(bedrockCatalogModel(api), { client: bedrockRuntimeFor(server), ...limits });
}

const STOP: Record<FinishReason, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'content_filtered',
};

function* converseStream(script: ContractScript): Generator<Uint8Array> {
  yield eventMessage('event', 'messageStart', { role: 'assistant' });
  for (const text of script.text ?? [])
    yield eventMessage('event', 'contentBlockDelta', { contentBlockIndex: 0, delta: { text } });
  yield eventMessage('event', 'contentBlockStop', { contentBlockIndex: 0 });
  for (const [position, { id, name, arguments: pieces }] of (script.toolCalls ?? []).entries()) {
    const contentBlockIndex = position + 1;
    yield eventMessage('event', 'contentBlockStart', {
      contentBlockIndex,
      start: { toolUse: { toolUseId: id, name } },
    });
    for (const input of pieces)
      yield eventMessage('event', 'contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input } } });
    yield eventMessage('event', 'contentBlockStop', { contentBlockIndex });
  }
  if (script.ending === 'error') yield streamError();
  if (script.ending !== undefined && script.ending !== 'complete') return;
  yield eventMessage('event', 'messageStop', { stopReason: STOP[script.reason ?? 'stop'] });
  yield eventMessage('event', 'metadata', { usage: wireUsage(script.usage), metrics: { latencyMs: 1 } });
}

function* llamaStream(script: ContractScript): Generator<Uint8Array> {
  for (const text of script.text ?? []) yield nativeChunk({ generation: text, stop_reason: null });
  if (script.ending === 'error') yield streamError();
  if (script.ending !== undefined && script.ending !== 'complete') return;
  const { usage } = script;
  yield nativeChunk({
    generation: '',
    stop_reason: script.reason === 'length' ? 'length' : 'stop',
    ...nativeUsage(usage),
  });
}

const nativeChunk = (body: unknown): Uint8Array =>
  eventMessage('event', 'chunk', { bytes: Buffer.from(JSON.stringify(body)).toString('base64') });

const streamError = (): Uint8Array =>
  eventMessage('exception', 'modelStreamErrorException', { message: 'engine died', originalStatusCode: 500 });

function converseBody(script: ContractScript): unknown {
  const content = [
    { text: [...(script.text ?? [])].join('') },
    ...(script.toolCalls ?? []).map((call) => ({
      toolUse: { toolUseId: call.id, name: call.name, input: JSON.parse(call.arguments.join('')) as unknown },
    })),
  ];
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: STOP[script.reason ?? 'stop'],
    usage: wireUsage(script.usage),
    metrics: { latencyMs: 1 },
  };
}

function llamaBody(script: ContractScript): unknown {
  const stop = script.reason === 'length' ? 'length' : 'stop';
  return { generation: [...(script.text ?? [])].join(''), stop_reason: stop, ...nativeUsage(script.usage) };
}

/** Bedrock counts cached tokens beside `inputTokens`. */
function wireUsage(usage: ModelUsage | undefined): unknown {
  if (usage === undefined) return undefined;
  const cached = usage.cachedInputTokens;
  const inputTokens = usage.inputTokens - (cached ?? 0);
  return {
    inputTokens,
    outputTokens: usage.outputTokens,
    totalTokens: usage.inputTokens + usage.outputTokens,
    ...(cached === undefined ? {} : { cacheReadInputTokens: cached }),
  };
}

function nativeUsage(usage: ModelUsage | undefined): Record<string, number> {
  if (usage === undefined) return {};
  return { prompt_token_count: usage.inputTokens, generation_token_count: usage.outputTokens };
}

function eventStream(script: ContractScript, chunks: Iterable<Uint8Array>): WireAnswer {
  return eventStreamAnswer(chunks, script.ending === 'hang' || script.ending === 'cut' ? script.ending : 'end');
}

function json(script: ContractScript, body: unknown): WireAnswer {
  const bytes = Buffer.from(JSON.stringify(body));
  return { status: 200, headers: { 'content-type': 'application/json' }, ...ended(script, bytes) };
}

const REFUSALS: Record<RefusalKind, WireAnswer> = {
  throttled: bedrockError(429, 'ThrottlingException', 'Too many requests', { 'retry-after': '7' }),
  overloaded: bedrockError(503, 'ServiceUnavailableException', 'busy'),
  'too-long': bedrockError(400, 'ValidationException', 'Input is too long for requested model.'),
  invalid: bedrockError(400, 'ValidationException', "Malformed input near 'a secret prompt'"),
  denied: bedrockError(403, 'AccessDeniedException', "You don't have access to the model."),
  'unknown-model': bedrockError(404, 'ResourceNotFoundException', 'Could not resolve the model.'),
  failed: bedrockError(500, 'InternalServerException', 'oops'),
  garbage: { status: 502, headers: { 'content-type': 'text/html' }, chunks: [Buffer.from('<html>Bad Gateway</html>')] },
};
