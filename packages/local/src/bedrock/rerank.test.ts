import { BedrockAgentRuntimeClient, RerankCommand } from '@aws-sdk/client-bedrock-agent-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocal, type RunningLocal } from '../start-local.ts';
import { ScriptedEmbeddingEngine, ScriptedEngine } from '../testing/index.ts';

const ARN = 'arn:aws:bedrock:us-west-2::foundation-model/amazon.rerank-v1:0';
const running: { local: RunningLocal; client: BedrockAgentRuntimeClient }[] = [];
let client: BedrockAgentRuntimeClient;
let without: BedrockAgentRuntimeClient;

async function start(embeddingEngine?: ScriptedEmbeddingEngine): Promise<BedrockAgentRuntimeClient> {
  const local = await startLocal({ engine: new ScriptedEngine(), embeddingEngine });
  const started = new BedrockAgentRuntimeClient({
    endpoint: local.bedrockUrl,
    region: 'us-west-2',
    credentials: { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  running.push({ local, client: started });
  return started;
}
beforeAll(async () => {
  client = await start(new ScriptedEmbeddingEngine());
  without = await start();
});
afterAll(async () => {
  for (const each of running) {
    each.client.destroy();
    await each.local.close();
  }
});

const rerank = (
  texts: readonly string[],
  options: { modelArn?: string; numberOfResults?: number; query?: string; by?: BedrockAgentRuntimeClient } = {},
) =>
  (options.by ?? client).send(
    new RerankCommand({
      queries: [{ type: 'TEXT', textQuery: { text: options.query ?? 'leave' } }],
      sources: texts.map((text) => ({
        type: 'INLINE',
        inlineDocumentSource: { type: 'TEXT', textDocument: { text } },
      })),
      rerankingConfiguration: {
        type: 'BEDROCK_RERANKING_MODEL',
        bedrockRerankingConfiguration: {
          modelConfiguration: { modelArn: options.modelArn ?? ARN },
          numberOfResults: options.numberOfResults,
        },
      },
    }),
  );

describe('Rerank', () => {
  it('gives sources best first, by their place in the request, with scores from 0 to 1', async () => {
    const { results = [] } = await rerank(['travel', 'leave', 'lunch']);
    expect(results[0]).toEqual({ index: 1, relevanceScore: expect.closeTo(1, 5) });
    expect(results.map(({ index }) => index).sort()).toEqual([0, 1, 2]);
    const scores = results.map(({ relevanceScore }) => relevanceScore!);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(scores.every((score) => score >= 0 && score <= 1.00001)).toBe(true);
    expect((await rerank(['travel', 'leave'], { numberOfResults: 1 })).results).toMatchObject([{ index: 1 }]);
  });

  it.each<[string, Parameters<typeof rerank>, string]>([
    ['no sources', [[]], 'ValidationException'],
    ['more than a thousand', [Array<string>(1_001).fill('a')], 'ValidationException'],
    ['an empty source', [['']], 'ValidationException'],
    ['an empty query', [['a'], { query: '' }], 'ValidationException'],
    ['no results', [['a'], { numberOfResults: 0 }], 'ValidationException'],
    ['a model that does not rerank', [['a'], { modelArn: ARN.replace('rerank', 'nova') }], 'ResourceNotFoundException'],
  ])('refuses %s', async (_, args, name) => {
    await expect(rerank(...args)).rejects.toMatchObject({ name });
  });

  it('is not there without an embedding model', async () => {
    await expect(rerank(['a'], { by: without })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
