import type { ErrorCode } from '@plinth/contracts';
import { startLocal, type RunningLocal } from '@plinth/local';
import { ScriptedEmbeddingEngine, ScriptedEngine } from '@plinth/local/testing';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { createSageMakerRuntime } from '@plinth/models/sagemaker';
import { bedrockRuntimeFor, sagemakerRuntimeFor, startWireServer, type WireServer } from '@plinth/models/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Embedder } from '../ports/embedder.ts';
import { createBedrockEmbedder } from './bedrock/bedrock-embedder.ts';
import { createOpenAIEmbedder } from './openai/openai-embedder.ts';
import { createSageMakerEmbedder } from './sagemaker/sagemaker-embedder.ts';
import { describeEmbedderContract } from './testing/embedder-contract.ts';
import { describeEmbedderFailures, type RecordedAnswer } from './testing/embedder-failures.ts';

const AWS = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret' },
  maxAttempts: 1,
};
const TITAN = 'amazon.titan-embed-text-v2:0';
const COHERE = 'cohere.embed-english-v3';

/** The laptop's servers, which speak the three protocols over a model that is scripted. */
async function over(connect: (local: RunningLocal) => Embedder) {
  const local = await startLocal({ engine: new ScriptedEngine(), embeddingEngine: new ScriptedEmbeddingEngine() });
  return { embedder: connect(local), close: () => local.close() };
}
const onBedrock = (modelId: string) =>
  over(({ bedrockUrl }) =>
    createBedrockEmbedder({
      client: lazily(createBedrockRuntime({ ...AWS, endpoint: bedrockUrl })),
      modelId,
      dimensions: 384,
    }),
  );

describeEmbedderContract('over /v1/embeddings', () =>
  over(({ openaiUrl }) =>
    createOpenAIEmbedder({ baseUrl: openaiUrl, model: 'scripted-embeddings', dimensions: 384, apiKey: 'k' }),
  ),
);
describeEmbedderContract('Titan on Bedrock', () => onBedrock(TITAN));
describeEmbedderContract('Cohere on Bedrock', () => onBedrock(COHERE));
describeEmbedderContract('on a SageMaker endpoint', () =>
  over(({ sagemakerUrl }) =>
    createSageMakerEmbedder({
      client: lazily(createSageMakerRuntime({ ...AWS, endpoint: sagemakerUrl })),
      endpointName: 'plinth-embeddings',
      modelId: 'minilm',
      dimensions: 384,
    }),
  ),
);

let wire: WireServer;
beforeAll(async () => {
  wire = await startWireServer();
});
afterAll(() => wire.close());

let next: RecordedAnswer | 'silence' = 'silence';
let arrived: (() => void) | undefined;
const server = (connect: (options: { timeoutMs?: number; dimensions: number }) => Embedder) => ({
  connect: (timeoutMs?: number) => connect({ timeoutMs, dimensions: 2 }),
  answers(answer: RecordedAnswer | 'silence') {
    next = answer;
    wire.answer = () => {
      arrived?.();
      if (next === 'silence') return { status: 200, headers: {}, chunks: [], ending: 'hang' };
      const { status, headers = {}, body } = next;
      return { status, headers: { 'content-type': 'application/json', ...headers }, chunks: [Buffer.from(body)] };
    };
  },
  asked: () => new Promise<void>((resolve) => (arrived = resolve)),
});
const said = (status: number, body: unknown, headers?: Record<string, string>): RecordedAnswer => ({
  status,
  headers,
  body: JSON.stringify(body),
});
const thrown = (status: number, name: string, body: object = { message: 'the salary of Ann' }) =>
  said(status, body, { 'x-amzn-errortype': `${name}:http://internal` });
const page = { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway</html>' };
const openai = (...vectors: unknown[]) =>
  said(200, { data: vectors.map((embedding, index) => ({ index, embedding })) });

/** Answers that are wrong though they say they are not: of OpenAI's shape. */
const WRONG: readonly (readonly [string, RecordedAnswer, ErrorCode])[] = [
  ['one vector for two texts', openai([1, 0]), 'upstream_failed'],
  ['a vector of another size', openai([1, 0], [1, 0, 0]), 'upstream_failed'],
  ['a vector of nothing', openai([1, 0], [0, 0]), 'upstream_failed'],
  ['a vector that is none', openai([1, 0], null), 'upstream_failed'],
  ['half an answer', { status: 200, body: '{"data":[{"embedding":[1,' }, 'upstream_failed'],
  ['something else', said(200, ['hello']), 'upstream_failed'],
];

describeEmbedderFailures(
  'over /v1/embeddings',
  server((options) => createOpenAIEmbedder({ ...options, baseUrl: wire.url, model: 'm' })),
  [
    ...WRONG,
    ['that it is throttled', said(429, { error: { message: 'the salary of Ann' } }), 'upstream_throttled'],
    ['that it is busy', said(503, {}), 'overloaded'],
    ['that it broke', page, 'upstream_failed'],
    ['that the text is wrong', said(400, { error: { message: 'the salary of Ann' } }), 'upstream_rejected'],
  ],
);

describeEmbedderFailures(
  'on a SageMaker endpoint',
  server((options) =>
    createSageMakerEmbedder({ ...options, client: lazily(sagemakerRuntimeFor(wire)), endpointName: 'e', modelId: 'm' }),
  ),
  [
    ...WRONG,
    ['that it is throttled', thrown(429, 'ThrottlingException'), 'upstream_throttled'],
    ['that its container is busy', thrown(424, 'ModelError', { OriginalStatusCode: 503 }), 'overloaded'],
    ['that its container refused', thrown(424, 'ModelError', { OriginalStatusCode: 400 }), 'upstream_rejected'],
    ['that its container broke', thrown(424, 'ModelError', { OriginalStatusCode: 500 }), 'upstream_failed'],
    ['that it may not be called', thrown(403, 'AccessDeniedException'), 'configuration'],
    ['that it is not there', thrown(400, 'ValidationError'), 'upstream_rejected'],
    ['a page of a proxy', page, 'upstream_failed'],
  ],
);

const BEDROCK: readonly (readonly [string, RecordedAnswer, ErrorCode])[] = [
  ['that it is throttled', thrown(429, 'ThrottlingException'), 'upstream_throttled'],
  ['that the quota is used up', thrown(400, 'ServiceQuotaExceededException'), 'upstream_throttled'],
  ['that the model took too long', thrown(408, 'ModelTimeoutException'), 'upstream_timeout'],
  ['that it is busy', thrown(503, 'ServiceUnavailableException'), 'overloaded'],
  ['that it may not be called', thrown(403, 'AccessDeniedException'), 'configuration'],
  ['that the text is wrong', thrown(400, 'ValidationException'), 'upstream_rejected'],
  ['a page of a proxy', page, 'upstream_failed'],
  ['half an answer', { status: 200, body: '{"embedding":[1,' }, 'upstream_failed'],
  ['something else', said(200, null), 'upstream_failed'],
];
const bedrock = (modelId: string) =>
  server((options) => createBedrockEmbedder({ ...options, client: lazily(bedrockRuntimeFor(wire)), modelId }));

describeEmbedderFailures('Titan on Bedrock', bedrock(TITAN), [
  ...BEDROCK,
  ['a vector of another size', said(200, { embedding: [1, 0, 0] }), 'upstream_failed'],
]);
describeEmbedderFailures('Cohere on Bedrock', bedrock(COHERE), [
  ...BEDROCK,
  ['one vector for two texts', said(200, { embeddings: { float: [[1, 0]] } }), 'upstream_failed'],
]);

/** The SDK's client behind one that is made at its first call. */
function lazily<T extends { send: unknown }>(client: () => Promise<T>): T {
  const send = async (...args: unknown[]) => ((await client()).send as (...given: unknown[]) => unknown)(...args);
  return { send } as unknown as T;
}

describe('an embedder', () => {
  it('puts vectors where their index says, whatever order they come in', async () => {
    const { answers, connect } = server((options) =>
      createOpenAIEmbedder({ ...options, baseUrl: wire.url, model: 'm' }),
    );
    answers(
      said(200, {
        data: [
          { index: 1, embedding: [0, 2] },
          { index: 0, embedding: [3, 0] },
        ],
      }),
    );
    const { signal } = new AbortController();
    expect(await connect().embed(['a', 'b'], 'document', { signal })).toEqual([
      Float32Array.of(1, 0),
      Float32Array.of(0, 1),
    ]);
  });

  it('is not made for a model on Bedrock whose body nobody knows', () =>
    expect(() =>
      createBedrockEmbedder({ client: lazily(() => expect.fail()), modelId: 'vendor.embed-v9', dimensions: 2 }),
    ).toThrow(/There is no way to embed by "vendor.embed-v9"/));
});
