import { request as httpRequest } from 'node:http';
import OpenAI from 'openai';
import { PlatformError } from '@plinth/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLocal, type RunningLocal } from '../start-local.ts';
import { ScriptedEngine, untilAborted } from '../testing/index.ts';

const engine = new ScriptedEngine({}, { id: 'smollm2-135m-instruct', contextTokens: 2_048 });
let local: RunningLocal;
let client: OpenAI;

beforeAll(async () => {
  local = await startLocal({ engine });
  client = new OpenAI({ baseURL: `${local.openaiUrl}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => local.close());
beforeEach(() => {
  engine.play({});
  engine.requests.length = 0;
});

const ask = (content: string) => ({ model: local.modelId, messages: [{ role: 'user' as const, content }] });
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${local.openaiUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('chat completions', () => {
  it('answers the official client', async () => {
    engine.play({ pieces: ['Hi ', 'there'] });
    const answer = await client.chat.completions.create(ask('say hi'));
    expect(answer.choices[0]).toMatchObject({
      message: { role: 'assistant', content: 'Hi there' },
      finish_reason: 'stop',
    });
    expect(answer.usage).toEqual({ prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 });
  });

  it('streams the role, the text, the finish reason and, when asked, the usage', async () => {
    engine.play({ pieces: ['Hel', 'lo 🌍'], end: { reason: 'length' } });
    const stream = await client.chat.completions.create({
      ...ask('hi'),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Hello 🌍');
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('length');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } });
  });

  it('leaves usage out of a stream that did not ask for it, and ends with [DONE]', async () => {
    const text = await (await post({ ...ask('hi'), stream: true })).text();
    expect(text).not.toContain('usage');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('passes every sampling setting on to the engine', async () => {
    await post({
      ...ask('hi'),
      max_completion_tokens: 9,
      temperature: 0,
      top_p: 0.5,
      top_k: -1,
      min_p: 0.1,
      seed: 3,
      stop: 'END',
      repetition_penalty: 1.2,
      frequency_penalty: 0.3,
      presence_penalty: 0.4,
      priority: 7,
      response_format: { type: 'json_object' },
    });
    expect(engine.requests[0]).toMatchObject({
      maxTokens: 9,
      priority: 7,
      stop: ['END'],
      format: { type: 'json_object' },
      sampling: {
        temperature: 0,
        topP: 0.5,
        topK: 0,
        minP: 0.1,
        seed: 3,
        repetitionPenalty: 1.2,
        frequencyPenalty: 0.3,
        presencePenalty: 0.4,
      },
    });
  });

  it.each([
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['logprobs', { logprobs: true }],
    ['n', { n: 2 }],
    ['logit_bias', { logit_bias: { '1': 5 } }],
    [
      'Images',
      {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] }],
      },
    ],
  ])('refuses %s in words', async (word, extra) => {
    const response = await post({ ...ask('hi'), ...extra });
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(word);
  });

  it.each([
    ['broken JSON', '{"model":', 400, 'invalid_json'],
    ['a wrong type', { model: 'smollm2-135m-instruct', messages: 'hi' }, 400, 'invalid_request'],
    ['an empty conversation', { model: 'smollm2-135m-instruct', messages: [] }, 400, 'invalid_request'],
    ['an unknown model', { model: 'gpt-9', messages: [{ role: 'user', content: 'x' }] }, 404, 'model_not_found'],
    ['a body over the limit', 'x'.repeat(5 * 1024 * 1024), 413, 'request_too_large'],
  ])('answers %s with a clear error', async (_what, body, status, code) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code, retryable: false, message: expect.any(String) } });
  });

  it('takes JSON only, so that a web page cannot post to it unasked', async () => {
    expect((await post(ask('hi'), { 'content-type': 'text/plain' })).status).toBe(400);
    expect(engine.requests).toHaveLength(0);
  });

  it('is 503 with Retry-After when the queue is full, streaming or not', async () => {
    engine.play({ failBefore: new PlatformError('overloaded', 'Full.', { retryAfterSeconds: 1 }) });
    for (const stream of [false, true]) {
      const response = await post({ ...ask('hi'), stream });
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.json()).toMatchObject({ error: { code: 'overloaded', retryable: true } });
    }
  });

  it('ends a stream that breaks with one error event', async () => {
    engine.play({ pieces: ['half'], failAfter: new PlatformError('upstream_failed', 'It broke.') });
    const events = (await (await post({ ...ask('hi'), stream: true })).text()).trim().split('\n\n');
    expect(events.at(-2)).toContain('"message":"It broke."');
    expect(events.at(-1)).toBe('data: [DONE]');
  });

  it.each([true, false])('cancels the generation when the client hangs up (stream: %s)', async (stream) => {
    const before = engine.cancelled;
    const reached = new Promise<void>((started) => {
      engine.play({
        pieces: ['never'],
        gate: (_piece, signal) => {
          started();
          return untilAborted(signal);
        },
      });
    });
    const hangUp = rawPost({ ...ask('hi'), stream });
    await reached;
    hangUp();
    await expect.poll(() => engine.cancelled).toBe(before + 1);
  });
});

describe('the rest of the model server', () => {
  it('lists its model with the context length', async () => {
    const page = await client.models.list();
    expect(page.data).toMatchObject([{ id: 'smollm2-135m-instruct', object: 'model', context_length: 2_048 }]);
  });

  it('counts tokens in the shape vLLM uses', async () => {
    const count = async (body: unknown) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${local.openaiUrl}/tokenize`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return response.json();
    };
    expect(await count({ prompt: 'a bb ccc' })).toEqual({ count: 3, max_model_len: 2_048, tokens: [1, 2, 3] });
    expect(await count(ask('one two'))).toMatchObject({ count: 2 });
    expect(await count({})).toMatchObject({ error: { code: 'invalid_request' } });
  });

  it('tells that it is well, and gives metrics under the names of vLLM', async () => {
    await client.chat.completions.create(ask('one two'));
    expect((await fetch(`${local.openaiUrl}/health`)).status).toBe(200);
    const metrics = await (await fetch(`${local.openaiUrl}/metrics`)).text();
    for (const name of [
      'num_requests_running',
      'num_requests_waiting',
      'kv_cache_usage_perc',
      'prompt_tokens_total',
      'generation_tokens_total',
    ]) {
      expect(metrics).toMatch(new RegExp(`^vllm:${name}\\{model_name="smollm2-135m-instruct"\\} \\d+$`, 'm'));
    }
    expect(metrics).toMatch(/^vllm:time_to_first_token_seconds_count\{[^}]+\} [1-9]/m);
  });

  it('answers a path it does not have in the same shape', async () => {
    const response = await fetch(`${local.openaiUrl}/v1/nothing`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'not_found' } });
  });
});

/** Posts without waiting for anything; the function it gives back breaks the connection. */
function rawPost(body: unknown): () => void {
  const request = httpRequest(`${local.openaiUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  request.on('error', () => undefined);
  request.end(JSON.stringify(body));
  return () => request.destroy();
}
