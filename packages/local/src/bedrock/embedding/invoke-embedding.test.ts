import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocal, type RunningLocal } from '../../start-local.ts';
import { ScriptedEmbeddingEngine, ScriptedEngine } from '../../testing/index.ts';

const TITAN = 'amazon.titan-embed-text-v2:0';
const COHERE = 'cohere.embed-english-v3';
let local: RunningLocal;
let client: BedrockRuntimeClient;
beforeAll(async () => {
  local = await startLocal({ engine: new ScriptedEngine(), embeddingEngine: new ScriptedEmbeddingEngine() });
  client = new BedrockRuntimeClient({
    endpoint: local.bedrockUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await local.close();
});

async function invoke<T>(modelId: string, body: unknown): Promise<T> {
  const answer = await client.send(new InvokeModelCommand({ modelId, body: JSON.stringify(body) }));
  return JSON.parse(answer.body.transformToString()) as T;
}

describe('Titan Text Embeddings V2', () => {
  it('answers with the vector, by type where types are named, and the count of tokens', async () => {
    const plain = await invoke<{ embedding: number[]; inputTextTokenCount: number }>(TITAN, { inputText: 'one two' });
    expect(plain.embedding).toHaveLength(384);
    expect(plain.inputTextTokenCount).toBe(2);
    const typed = await invoke<{ embeddingsByType: { float: number[]; binary: number[] } }>(TITAN, {
      inputText: 'one two',
      dimensions: 384,
      normalize: true,
      embeddingTypes: ['float', 'binary'],
    });
    expect(typed.embeddingsByType.float).toEqual(plain.embedding);
    expect(typed.embeddingsByType.binary).toEqual(plain.embedding.map((value) => (value > 0 ? 1 : 0)));
  });

  it.each([
    [{ inputText: '' }],
    [{ inputText: 'a', dimensions: 1_024 }],
    [{ inputText: 'a', normalize: false }],
    [{ inputText: 'a', embeddingTypes: ['int8'] }],
    [{ prompt: 'a' }],
  ])('refuses %j', async (body) => {
    await expect(invoke(TITAN, body)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('Cohere Embed v3', () => {
  const request = { texts: ['one two', 'three'], input_type: 'search_document' };

  it('answers with one vector a text', async () => {
    const answer = await invoke<{ embeddings: number[][] }>(COHERE, request);
    expect(answer).toMatchObject({ texts: request.texts, response_type: 'embeddings_floats', id: expect.any(String) });
    expect(answer.embeddings.map(({ length }) => length)).toEqual([384, 384]);
  });

  it('answers by type, in the ranges of each', async () => {
    const types = ['float', 'int8', 'uint8', 'binary', 'ubinary'];
    const { embeddings } = await invoke<{ embeddings: Record<string, number[][]> }>(COHERE, {
      ...request,
      embedding_types: types,
    });
    const range = (type: string) => [
      Math.min(...(embeddings[type]?.flat() ?? [])),
      Math.max(...(embeddings[type]?.flat() ?? [])),
    ];
    expect(Object.keys(embeddings)).toEqual(types);
    expect(embeddings['ubinary']?.[0]).toHaveLength(48);
    expect(embeddings['binary']?.[0]).toEqual(embeddings['ubinary']?.[0]?.map((byte) => byte - 128));
    expect(embeddings['uint8']?.[0]).toEqual(embeddings['int8']?.[0]?.map((value) => value + 128));
    expect(range('int8')[0]).toBeGreaterThanOrEqual(-127);
    expect(range('int8')[1]).toBeLessThanOrEqual(127);
    const firstBits = (embeddings['float']?.[0] ?? []).slice(0, 8).map((value) => (value > 0 ? '1' : '0'));
    expect(embeddings['ubinary']?.[0]?.[0]).toBe(parseInt(firstBits.join(''), 2));
  });

  it('refuses a text that is too long, unless it may be cut', async () => {
    const long = { ...request, texts: ['w '.repeat(400)] };
    await expect(invoke(COHERE, long)).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(invoke(COHERE, { ...long, truncate: 'END' })).resolves.toHaveProperty('embeddings');
  });

  it.each([
    [{ texts: ['a'] }],
    [{ ...request, texts: Array<string>(97).fill('a') }],
    [{ ...request, input_type: 'x' }],
  ])('refuses %j', async (body) => {
    await expect(invoke(COHERE, body)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

it('does not take an embedding body for the chat model', async () => {
  const send = invoke('us.meta.llama3-1-8b-instruct-v1:0', { inputText: 'a' });
  await expect(send).rejects.toMatchObject({ name: 'ValidationException' });
});
