import type { CatalogModel, PoolMember } from '@plinth/contracts';
import { DEFAULT_CACHE_DIR, locateWeights, startLocal, type RunningLocal } from '@plinth/local';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createBedrockModel } from './bedrock/index.ts';
import type { ModelClient } from './model-client.ts';
import { createOpenAIModel } from './openai/index.ts';
import { poolsAdapter } from './routing/index.ts';
import { createSageMakerModel } from './sagemaker/index.ts';
import { bedrockCatalogModel, bedrockRuntimeFor } from './testing/bedrock-harness.ts';
import { describeLiveMetrics, describeLiveModel } from './testing/live-model-suite.ts';
import { openaiCatalogModel } from './testing/openai-harness.ts';
import { pooledCatalogModel } from './testing/pooled-models.ts';
import { sagemakerCatalogModel, sagemakerRuntimeFor } from './testing/sagemaker-harness.ts';

/** One pool of one server, whose metrics are read. */
function pooledOn(baseUrl: string, modelId: string): ModelClient {
  const model = pooledCatalogModel([{ id: 'own', owner: 'own', members: [{ id: 'server', slots: 8 }] }]);
  const [pool] = model.target.pools;
  const member = { ...pool!.members[0]!, target: openaiAt(baseUrl, modelId).target, metricsUrl: `${baseUrl}/metrics` };
  const target = { kind: 'pools' as const, pools: [{ ...pool!, members: [member] }] };
  return poolsAdapter()({ ...model, target }, (each) => createOpenAIModel(each));
}

function openaiAt(baseUrl: string, modelId: string): CatalogModel & { readonly target: PoolMember['target'] } {
  return { ...openaiCatalogModel(baseUrl), target: { kind: 'openai', baseUrl, modelId } };
}

/** Only what is on the disk already: a test fetches no weights. */
const weights = await locateWeights({
  cacheDir: DEFAULT_CACHE_DIR,
  sources: [],
  ...(process.env['PLINTH_MODEL_PATH'] === undefined ? {} : { modelPath: process.env['PLINTH_MODEL_PATH'] }),
}).catch((error: unknown) => {
  console.log(`The real model is left out, since its weights are not here (npm start fetches them): ${String(error)}`);
  return undefined;
});

describe.runIf(weights !== undefined)('the embedded model', () => {
  let local: RunningLocal;
  beforeAll(async () => {
    local = await startLocal({ modelPath: weights?.path ?? '', modelId: 'embedded', embeddings: false });
  }, 60_000);
  afterAll(() => local.close());

  const converse = bedrockCatalogModel('converse');
  describeLiveModel({
    name: 'openai on the embedded model',
    streams: 2,
    connect: () => createOpenAIModel(openaiAt(local.openaiUrl, 'embedded')),
  });
  describeLiveModel({
    name: 'one pool of the embedded model',
    streams: 2,
    connect: () => pooledOn(local.openaiUrl, 'embedded'),
  });
  describeLiveMetrics(
    'the embedded model',
    () => local.openaiUrl,
    () => createOpenAIModel(openaiAt(local.openaiUrl, 'embedded')),
  );
  describeLiveModel({
    name: 'bedrock converse on the embedded model',
    streams: 2,
    connect: () =>
      createBedrockModel(
        { ...converse, target: { kind: 'bedrock', modelId: 'embedded', api: 'converse' } },
        { client: bedrockRuntimeFor({ url: local.bedrockUrl }) },
      ),
  });
  describeLiveModel({
    name: 'sagemaker on the embedded model',
    streams: 2,
    counts: false,
    connect: () =>
      createSageMakerModel(sagemakerCatalogModel({ endpointName: 'plinth-chat' }), {
        client: sagemakerRuntimeFor({ url: local.sagemakerUrl }),
      }),
  });
});

const vllmUrl = process.env['PLINTH_VLLM_URL'];
if (vllmUrl === undefined) {
  const reason = 'vLLM is left out: set PLINTH_VLLM_URL (and PLINTH_VLLM_MODEL) to hold the adapter to a real one.';
  console.log(reason);
  it.skip(reason, () => undefined);
} else {
  const modelId = process.env['PLINTH_VLLM_MODEL'] ?? 'HuggingFaceTB/SmolLM2-135M-Instruct';
  const connect = () => createOpenAIModel(openaiAt(vllmUrl, modelId));
  describeLiveModel({ name: `vLLM at ${vllmUrl}`, connect });
  describeLiveModel({ name: `one pool of vLLM at ${vllmUrl}`, connect: () => pooledOn(vllmUrl, modelId) });
  describeLiveMetrics(`vLLM at ${vllmUrl}`, () => vllmUrl, connect);
}
