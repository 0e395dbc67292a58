import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { startLocal } from '@plinth/local';
import { ScriptedEmbeddingEngine, ScriptedEngine } from '@plinth/local/testing';
import { startWireServer, type WireAnswer, type WireServer } from '@plinth/models/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeRerankerContract } from '../testing/reranker-contract.ts';
import { createBedrockReranker } from './bedrock-reranker.ts';

const ARN = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.rerank-v1:0';
const clientOf = (endpoint: string) =>
  new BedrockAgentRuntimeClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });

for (const model of ['amazon.rerank-v1:0', 'cohere.rerank-v3-5:0'])
  describeRerankerContract(`${model} on Bedrock`, async () => {
    const local = await startLocal({ engine: new ScriptedEngine(), embeddingEngine: new ScriptedEmbeddingEngine() });
    const client = clientOf(local.bedrockUrl);
    const modelArn = ARN.replace('amazon.rerank-v1:0', model);
    return {
      reranker: createBedrockReranker({ client: () => Promise.resolve(client), modelArn }),
      async close() {
        client.destroy();
        await local.close();
      },
    };
  });

describe('a reranker on Bedrock', () => {
  let wire: WireServer;
  let client: BedrockAgentRuntimeClient;
  beforeAll(async () => {
    wire = await startWireServer();
    client = clientOf(wire.url);
  });
  beforeEach(() => (wire.requests.length = 0));
  afterAll(async () => {
    client.destroy();
    await wire.close();
  });
  const { signal } = new AbortController();
  const reranker = (timeoutMs?: number) =>
    createBedrockReranker({ client: () => Promise.resolve(client), modelArn: ARN, timeoutMs });
  const said = (status: number, body: unknown, headers = {}): WireAnswer => ({
    status,
    headers: { 'content-type': 'application/json', ...headers },
    chunks: [Buffer.from(JSON.stringify(body))],
  });
  const results = (...scores: (readonly [index: number, relevanceScore: unknown])[]) =>
    scores.map(([index, relevanceScore]) => ({ index, relevanceScore }));

  it('is named by its model, and asked for every passage in one call', async () => {
    wire.answer = () => said(200, { results: results([1, 0.9], [0, 0.1]) });
    expect(reranker().model).toBe('amazon.rerank-v1:0');
    expect(await reranker().score('leave?', ['a', 'b'], { signal })).toEqual([0.1, 0.9]);
    expect(wire.requests).toMatchObject([{ path: '/rerank' }]);
    expect(JSON.parse(wire.requests[0]!.body)).toEqual({
      queries: [{ type: 'TEXT', textQuery: { text: 'leave?' } }],
      sources: ['a', 'b'].map((text) => ({
        type: 'INLINE',
        inlineDocumentSource: { type: 'TEXT', textDocument: { text } },
      })),
      rerankingConfiguration: {
        type: 'BEDROCK_RERANKING_MODEL',
        bedrockRerankingConfiguration: { modelConfiguration: { modelArn: ARN }, numberOfResults: 2 },
      },
    });
  });

  it('reads an answer that comes in pages, and ends at a page of nothing', async () => {
    const pages = [{ results: results([2, 0.9]), nextToken: 'x' }, { results: results([0, 0.5], [1, 0.2]) }];
    wire.answer = () => said(200, pages[wire.requests.length - 1]);
    expect(await reranker().score('q', ['a', 'b', 'c'], { signal })).toEqual([0.5, 0.2, 0.9]);
    expect(JSON.parse(wire.requests[1]!.body)).toHaveProperty('nextToken', 'x');
    wire.answer = () => said(200, { results: [], nextToken: 'x' });
    await expect(reranker().score('q', ['a'], { signal })).rejects.toMatchObject({ code: 'upstream_failed' });
  });

  it.each([
    ['judges one of two', { results: results([0, 0.5]) }],
    ['judges one twice', { results: results([0, 0.5], [0, 0.4]) }],
    ['judges one that was not sent', { results: results([0, 0.5], [7, 0.4]) }],
    ['gives no number', { results: results([0, 0.5], [1, 'NaN']) }],
    ['says nothing', {}],
  ])('fails where it %s', async (_, body) => {
    wire.answer = () => said(200, body);
    const failed = reranker().score('q', ['a', 'b'], { signal });
    await expect(failed).rejects.toMatchObject({ code: 'upstream_failed', message: /judged \d of 2 passages/ });
  });

  it.each([
    [429, 'ThrottlingException', 'upstream_throttled'],
    [400, 'ServiceQuotaExceededException', 'upstream_throttled'],
    [403, 'AccessDeniedException', 'configuration'],
    [400, 'ValidationException', 'upstream_rejected'],
    [404, 'ResourceNotFoundException', 'upstream_rejected'],
    [424, 'DependencyFailedException', 'upstream_failed'],
    [502, 'BadGatewayException', 'upstream_failed'],
    [500, 'InternalServerException', 'upstream_failed'],
  ])('that answers %i %s fails as %s, without the words of the service', async (status, type, code) => {
    wire.answer = () => said(status, { message: 'the salary of Ann' }, { 'x-amzn-errortype': type });
    const error = await reranker()
      .score('q', ['the salary of Ann'], { signal })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'PlatformError', code });
    expect(String(error)).not.toContain('salary');
  });

  it('is given up on after its time, and when the caller leaves', async () => {
    wire.answer = () => ({ status: 200, headers: {}, chunks: [], ending: 'hang' });
    await expect(reranker(40).score('q', ['a'], { signal })).rejects.toMatchObject({ code: 'upstream_timeout' });
    const leaving = new AbortController();
    const failed = reranker().score('q', ['a'], { signal: leaving.signal });
    const noticed = expect(failed).rejects.toMatchObject({ code: 'client_closed' });
    leaving.abort(new Error('left'));
    await noticed;
  });

  it('is asked about a thousand passages at most', async () => {
    const many = reranker().score('q', Array<string>(1_001).fill('a'), { signal });
    await expect(many).rejects.toMatchObject({ code: 'invalid_request' });
    expect(wire.requests).toEqual([]);
  });
});
