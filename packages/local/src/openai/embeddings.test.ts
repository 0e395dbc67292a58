import OpenAI from 'openai';
import { PlatformError } from '@plinth/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startLocal, type RunningLocal } from '../start-local.ts';
import { ScriptedEmbeddingEngine, ScriptedEngine, untilAborted } from '../testing/index.ts';

const embedding = new ScriptedEmbeddingEngine();
const MODEL = embedding.model.id;
let local: RunningLocal;
let client: OpenAI;
beforeAll(async () => {
  local = await startLocal({ engine: new ScriptedEngine(), embeddingEngine: embedding });
  client = new OpenAI({ baseURL: `${local.openaiUrl}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => local.close());
afterEach(() => {
  embedding.failure = undefined;
  embedding.gate = undefined;
});

const post = (body: unknown, signal?: AbortSignal) =>
  fetch(`${local.openaiUrl}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });

describe('embeddings', () => {
  it('answers the official client, which asks for base64, with the same numbers as in JSON', async () => {
    const input = ['one two', 'three'];
    const answer = await client.embeddings.create({ model: MODEL, input });
    expect(answer.data.map(({ index }) => index)).toEqual([0, 1]);
    expect(answer.usage).toEqual({ prompt_tokens: 3, total_tokens: 3, truncated_inputs: 0 });
    const plain = await client.embeddings.create({ model: MODEL, input, encoding_format: 'float' });
    expect(plain.data[1]?.embedding).toHaveLength(384);
    expect(answer.data.map((item) => item.embedding)).toEqual(plain.data.map((item) => item.embedding));
  });

  it('says how many texts were cut', async () => {
    const answer = await client.embeddings.create({ model: MODEL, input: 'word '.repeat(300) });
    expect(answer.usage).toMatchObject({ prompt_tokens: 256, truncated_inputs: 1 });
  });

  it('is listed among the models with what it reads, and counted', async () => {
    const { data } = await client.models.list();
    expect(data).toMatchObject([{ id: 'scripted' }, { id: MODEL, context_length: 256 }]);
    const metrics = await (await fetch(`${local.openaiUrl}/metrics`)).text();
    expect(metrics).toMatch(/^plinth_embedding_texts_total\{model_name="scripted-embeddings"\} [1-9]/m);
    expect(metrics).toMatch(/^plinth_embedding_truncated_total\{[^}]+\} 1$/m);
  });

  it.each([
    ['token arrays', { input: [[1, 2]] }, 'unsupported_feature', 'Token arrays'],
    ['one token array', { input: [1, 2] }, 'unsupported_feature', 'Token arrays'],
    ['other dimensions', { input: 'a', dimensions: 256 }, 'unsupported_feature', '384 dimensions'],
    ['an empty text', { input: ['a', ''] }, 'invalid_request', 'input.1: must not be empty'],
    ['no texts', { input: [] }, 'invalid_request', 'array of 1 to 2048'],
    ['too many texts', { input: Array<string>(2_049).fill('a') }, 'invalid_request', 'array of 1 to 2048'],
    ['no input', {}, 'invalid_request', 'input'],
    ['an unknown encoding', { input: 'a', encoding_format: 'int8' }, 'invalid_request', 'encoding_format'],
  ])('refuses %s in words', async (_what, body, code, words) => {
    const before = embedding.requests.length;
    const response = await post({ model: MODEL, ...body });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(embedding.requests).toHaveLength(before);
  });

  it('takes the dimensions it has', async () => {
    expect((await post({ model: MODEL, input: 'a', dimensions: 384 })).status).toBe(200);
  });

  it('is 404 for the chat model, and for any when there is no embedding model', async () => {
    expect((await post({ model: 'scripted', input: 'a' })).status).toBe(404);
    const without = await startLocal({ engine: new ScriptedEngine() });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ model: MODEL, input: 'a' });
    const response = await fetch(`${without.openaiUrl}/v1/embeddings`, { method: 'POST', headers, body });
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('no embedding model');
    await without.close();
  });

  it('is 503 with Retry-After when too much waits', async () => {
    embedding.failure = new PlatformError('overloaded', 'Full.', { retryAfterSeconds: 1 });
    const response = await post({ model: MODEL, input: 'a' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
  });

  it('tells the engine when the client hangs up', async () => {
    const hangUp = new AbortController();
    const told = new Promise<void>((resolve) => {
      embedding.gate = async (signal) => {
        hangUp.abort();
        await untilAborted(signal);
        resolve();
      };
    });
    await expect(post({ model: MODEL, input: 'a' }, hangUp.signal)).rejects.toThrow();
    await told;
  });
});
