import { PlatformError, type CatalogModel, type ErrorCode } from '@plinth/contracts';
import { startLocal, type RunningLocal } from '@plinth/local';
import { ScriptedEngine, untilAborted } from '@plinth/local/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBedrockModel } from './bedrock/index.ts';
import type { ModelClient } from './model-client.ts';
import { createOpenAIModel } from './openai/index.ts';
import { createSageMakerModel } from './sagemaker/index.ts';
import { bedrockCatalogModel, bedrockRuntimeFor } from './testing/bedrock-harness.ts';
import { describeLiveModel } from './testing/live-model-suite.ts';
import { openaiCatalogModel } from './testing/openai-harness.ts';
import { outcomeOf, readAll, requestOf, textOf } from './testing/read-events.ts';
import { sagemakerCatalogModel, sagemakerRuntimeFor } from './testing/sagemaker-harness.ts';

const PIECES = ['Hello', ' wörld', ' 👩‍🚀', '\n"quoted"', ' 世界', '.'];
const engine = new ScriptedEngine({ pieces: PIECES });
let local: RunningLocal;
beforeAll(async () => {
  local = await startLocal({ engine });
});
afterAll(() => local.close());

const bedrock = (model: CatalogModel): ModelClient =>
  createBedrockModel(model, { client: bedrockRuntimeFor({ url: local.bedrockUrl }) });
const targeting = (api: 'converse' | 'invoke-llama', modelId: string): CatalogModel => ({
  ...bedrockCatalogModel(api),
  target: { kind: 'bedrock', modelId, api },
});

const sagemaker = (target: Parameters<typeof sagemakerCatalogModel>[0]): ModelClient =>
  createSageMakerModel(sagemakerCatalogModel({ endpointName: 'plinth-chat', ...target }), {
    client: sagemakerRuntimeFor({ url: local.sagemakerUrl }),
  });

const MODELS: readonly (readonly [string, () => ModelClient])[] = [
  ['openai on the local model server', () => createOpenAIModel(openaiCatalogModel(local.openaiUrl))],
  ['bedrock converse on the local endpoint', () => bedrock(targeting('converse', 'scripted'))],
  [
    'bedrock invoke-llama on the local endpoint',
    () => bedrock(targeting('invoke-llama', 'us.meta.llama3-1-8b-instruct-v1:0')),
  ],
  ['sagemaker on the local endpoint', () => sagemaker({ inferenceComponent: 'answers' })],
];

for (const [name, connect] of MODELS)
  describeLiveModel({ name, connect, streams: 50, counts: !name.startsWith('sagemaker') });

describe.each(MODELS)('%s', (_name, connect) => {
  it('brings the text through unchanged', async () => {
    const events = await readAll(connect(), requestOf());
    expect(textOf(events)).toBe(PIECES.join(''));
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'stop', usage: { outputTokens: PIECES.length } });
  });

  it('says that the token limit ended the answer', async () => {
    engine.play({ pieces: PIECES, end: { reason: 'length' } });
    expect((await readAll(connect(), requestOf())).at(-1)).toMatchObject({ type: 'end', reason: 'length' });
    engine.play({ pieces: PIECES });
  });

  it.each<readonly [ErrorCode, ErrorCode | RegExp]>([
    // Bedrock says both with one exception.
    ['overloaded', /^(overloaded|upstream_throttled)$/],
    ['context_length_exceeded', 'context_length_exceeded'],
    ['invalid_request', 'invalid_request'],
    ['internal', 'upstream_failed'],
  ])('reports %s as %s', async (thrown, code) => {
    engine.play({ failBefore: new PlatformError(thrown, thrown === 'context_length_exceeded' ? TOO_LONG : 'no') });
    expect(outcomeOf(await readAll(connect(), requestOf()))).toMatch(code);
    engine.play({ pieces: PIECES });
  });

  it('reports a failure in the middle of a stream after its text', async () => {
    engine.play({ pieces: ['a', 'b'], failAfter: new PlatformError('internal', 'The model died.') });
    const events = await readAll(connect(), requestOf());
    expect(textOf(events)).toBe('ab');
    expect(outcomeOf(events)).toBe('upstream_failed');
    engine.play({ pieces: PIECES });
  });

  it('stops the model itself when the caller aborts in the silence', async () => {
    const cancelled = engine.cancelled;
    engine.play({
      pieces: ['a', 'b'],
      gate: (piece, signal) => (piece === 0 ? Promise.resolve() : untilAborted(signal)),
    });
    const controller = new AbortController();
    const events = [];
    for await (const event of connect().stream(requestOf(), { signal: controller.signal })) {
      events.push(event);
      if (event.type === 'text') controller.abort();
    }
    expect(outcomeOf(events)).toBe('client_closed');
    await expect.poll(() => engine.cancelled).toBe(cancelled + 1);
    engine.play({ pieces: PIECES });
  });
});

describe('sagemaker on the local endpoint', () => {
  it('takes the answer of a model of a multi-model endpoint whole', async () => {
    const events = await readAll(sagemaker({ targetModel: 'small.tar.gz' }), requestOf());
    expect(textOf(events)).toBe(PIECES.join(''));
    expect(events.filter(({ type }) => type === 'text')).toHaveLength(1);
  });

  it('says that an endpoint does not exist', async () => {
    const [event] = await readAll(sagemaker({ endpointName: 'nowhere' }), requestOf());
    expect(event).toMatchObject({ type: 'error', error: { code: 'configuration' } });
  });

  it('says that a prompt is too large for SageMaker', async () => {
    const content = 'x'.repeat(900_000);
    const messages = Array.from({ length: 8 }, () => ({ role: 'user' as const, content }));
    expect(outcomeOf(await readAll(sagemaker({}), requestOf({ messages })))).toBe('request_too_large');
  });
});

const TOO_LONG = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.";
