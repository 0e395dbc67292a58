import {
  ChatCompletion,
  ChatCompletionChunk,
  ModelList,
  OpenAIErrorBody,
  PlatformError,
  RouteList,
} from '@plinth/contracts';
import { ScriptedModel, says } from '@plinth/gateway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChatApp } from './app.ts';
import { asking, openChat } from './testing/chat-platform.ts';

let chat: Awaited<ReturnType<typeof openChat>>;
beforeAll(async () => {
  chat = await openChat();
});
afterAll(() => chat.close());

const post = (body: string | ReadableStream<Uint8Array>, headers: Record<string, string> = {}) =>
  chat.app.request('/v1/chat/completions', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);

async function refusalOf(response: Response): Promise<OpenAIErrorBody['error']> {
  expect(response.headers.get('content-type')).toContain('application/json');
  const text = await response.text();
  expect(text).not.toMatch(/\bat .+:\d+:\d+|node_modules|\.ts\b/);
  return OpenAIErrorBody.parse(JSON.parse(text)).error;
}

describe('POST /v1/chat/completions', () => {
  it('answers whole', async () => {
    const response = await post(asking(), await chat.bearer());
    expect(response.status).toBe(200);
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const completion = ChatCompletion.parse(await response.json());
    expect(completion.choices[0]?.message.content).toBe('Hello there.');
    expect(completion.id).toBe(`chatcmpl-${response.headers.get('x-request-id')}`);
  });

  it('streams', async () => {
    const response = await post(asking({ stream: true }), await chat.bearer());
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const frames = (await response.text())
      .trim()
      .split('\n\n')
      .map((frame) => frame.replace(/^data: /, ''));
    expect(frames.pop()).toBe('[DONE]');
    const text = frames.map((frame) => ChatCompletionChunk.parse(JSON.parse(frame)).choices[0]?.delta.content ?? '');
    expect(text.join('')).toBe('Hello there.');
  });

  it('settles when a reader leaves a stream before the first byte', async () => {
    const response = await post(asking({ stream: true }), await chat.bearer());
    await response.body?.cancel();
    expect(chat.platform.admission.inFlight).toBe(0);
    expect(chat.summaries.at(-1)).toMatchObject({ outcome: 'cancelled' });
  });

  it('without a key is 401 with the way to authenticate', async () => {
    const response = await post(asking());
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refusalOf(response)).toMatchObject({
      code: 'invalid_api_key',
      request_id: response.headers.get('x-request-id'),
    });
  });

  it('over a limit is 429 with the seconds to wait', async () => {
    const key = await chat.bearer({ tenant: 'limited', limits: { requestsPerMinute: 0 } });
    const refusedForGood = await post(asking(), key);
    expect(refusedForGood.status).toBe(429);
    const once = await chat.bearer({ tenant: 'limited', limits: { requestsPerMinute: 1 } });
    await post(asking(), once);
    const response = await post(asking(), once);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refusalOf(response)).toMatchObject({ code: 'rate_limit_exceeded', retryable: true });
  });

  it.each([
    ['no JSON', 'nonsense', 400, 'invalid_json'],
    ['an unknown model', asking({ model: 'gpt-9' }), 404, 'model_not_found'],
    ['wrong types', asking({ messages: 5 }), 400, 'invalid_request'],
  ])('with %s is a clear 4xx', async (_name, body, status, code) => {
    const response = await post(body, await chat.bearer());
    expect(response.status).toBe(status);
    expect(await refusalOf(response)).toMatchObject({ code });
  });

  it('with a body over the limit is 413, declared or not, and asks to close the connection', async () => {
    const key = await chat.bearer();
    const declared = await post('{}', { ...key, 'content-length': String(5 * 1024 * 1024) });
    expect(declared.status).toBe(413);
    expect(declared.headers.get('connection')).toBe('close');
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const undeclared = await post(endless, key);
    expect(undeclared.status).toBe(413);
    expect(sent).toBeLessThan(5 * 1024 * 1024);
  });
});

describe('failures inside', () => {
  it('are logged with their cause and told without it', async () => {
    const broken = await openChat({
      model: new ScriptedModel(() => {
        throw new TypeError('secret detail at /srv/x.ts:1:2');
      }),
    });
    const response = await broken.app.request('/v1/chat/completions', {
      method: 'POST',
      body: asking(),
      headers: await broken.bearer(),
    });
    expect(response.status).toBe(500);
    expect(JSON.stringify(await refusalOf(response))).not.toContain('secret');
    expect(broken.errors).toMatchObject([
      { code: 'internal', cause: { message: expect.stringContaining('secret detail') } },
    ]);
    await broken.close();
  });

  it('of the caller are not logged', async () => {
    const before = chat.errors.length;
    await post('nonsense', await chat.bearer());
    expect(chat.errors).toHaveLength(before);
  });
});

describe('GET /v1/models', () => {
  it('needs a key', async () => {
    expect((await chat.app.request('/v1/models')).status).toBe(401);
    expect((await chat.app.request('/v1/models', { headers: { authorization: 'Bearer nonsense' } })).status).toBe(401);
  });

  it('lists what is served', async () => {
    const response = await chat.app.request('/v1/models', { headers: await chat.bearer() });
    expect(ModelList.parse(await response.json()).data).toEqual([
      { id: 'small', object: 'model', created: 0, owned_by: 'plinth', context_length: 1_200 },
    ]);
  });
});

describe('GET /v1/routes', () => {
  it('tells callers how the places of a model with several do, and nobody else', async () => {
    expect((await chat.app.request('/v1/routes')).status).toBe(401);
    const response = await chat.app.request('/v1/routes', { headers: await chat.bearer() });
    expect(RouteList.parse(await response.json())).toEqual({ object: 'list', data: [] });
  });
});

describe('what is not there', () => {
  it.each([
    ['GET', '/v1/nothing'],
    ['PUT', '/v1/conversations/a/b'],
    ['GET', '/nothing'],
    ['GET', '/metrics'],
    ['GET', '/.env'],
    ['DELETE', '/healthz'],
  ])("%s %s is 404 in OpenAI's shape", async (method, path) => {
    const response = await chat.app.request(path, { method });
    expect(response.status).toBe(404);
    expect(await refusalOf(response)).toMatchObject({ code: 'not_found' });
    expect(response.headers.get('x-request-id')).not.toBeNull();
  });

  it.each([
    ['GET', '/v1/chat/completions', 'POST'],
    ['POST', '/v1/models', 'GET'],
    ['PUT', '/v1/conversations/c1', 'GET, DELETE'],
  ])('%s %s is 405, and says what is taken', async (method, path, allowed) => {
    const response = await chat.app.request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allowed);
    expect(await refusalOf(response)).toMatchObject({ code: 'method_not_allowed' });
  });
});

describe('health', () => {
  it('is ok while the process runs', async () => expect((await chat.app.request('/healthz')).status).toBe(200));

  it('is ready, not yet, or failing with the store', async () => {
    const readyz = async (ready: () => Promise<boolean>) =>
      (await createChatApp({ ...chat.platform, logError: () => undefined, ready }).request('/readyz')).status;
    expect(await readyz(() => Promise.resolve(true))).toBe(200);
    expect(await readyz(() => Promise.resolve(false))).toBe(503);
    expect(await readyz(() => Promise.reject(new PlatformError('storage_failed', 'Down.')))).toBe(503);
  });

  it('gives metrics where there are any', async () => {
    const app = createChatApp({
      ...chat.platform,
      logError: () => undefined,
      ready: () => Promise.resolve(true),
      metrics: () => Promise.resolve('a 1\n'),
    });
    const response = await app.request('/metrics');
    expect(await response.text()).toBe('a 1\n');
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  });
});

describe('/v1/conversations', () => {
  it('are refused to a key they are not kept for', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/c1'],
      ['DELETE', '/c1'],
    ] as const) {
      const response = await chat.app.request(`/v1/conversations${path}`, { method, headers: await chat.bearer() });
      expect(response.status).toBe(403);
    }
    expect((await chat.app.request('/v1/conversations')).status).toBe(401);
  });

  it('are listed in pages, read and deleted', async () => {
    const headers = await chat.bearer({ principal: 'keeper', conversations: true });
    const get = async (path: string) =>
      (await chat.app.request(`/v1/conversations${path}`, { headers })).json() as Promise<{
        data: { id: string; updated_at: number }[];
        messages: unknown[];
      }>;
    for (let i = 0; i < 3; i++) await post(asking(), headers);
    const all = (await get('')).data;
    expect(all).toHaveLength(3);
    expect((await get('?limit=2')).data).toEqual(all.slice(0, 2));
    for (const nonsense of ['?limit=-1', '?limit=x', '?before=x', '?limit=1e9'])
      expect((await get(nonsense)).data).toEqual(all);
    expect((await get(`?before=${all[0]!.updated_at}`)).data.length).toBeLessThan(3);
    const id = all[0]!.id;
    expect((await get(`/${id}`)).messages).toHaveLength(2);
    const gone = await chat.app.request(`/v1/conversations/${id}`, { method: 'DELETE', headers });
    expect(await gone.json()).toEqual({ id, object: 'conversation.deleted', deleted: true });
    expect((await chat.app.request(`/v1/conversations/${id}`, { headers })).status).toBe(404);
  });
});

describe('a model that cannot be reached', () => {
  it('is the status of its error, before anything was streamed', async () => {
    const error = new PlatformError('upstream_throttled', 'Busy.', { retryAfterSeconds: 7 });
    const busy = await openChat({ model: new ScriptedModel([{ type: 'error', error }]) });
    const response = await busy.app.request('/v1/chat/completions', {
      method: 'POST',
      body: asking({ stream: true }),
      headers: await busy.bearer(),
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('7');
    await busy.close();
  });

  it('in the middle is one error event', async () => {
    const error = new PlatformError('upstream_failed', 'Gone.');
    const lost = await openChat({
      model: new ScriptedModel([...says(['Half ']).slice(0, 2), { type: 'error', error }]),
    });
    const response = await lost.app.request('/v1/chat/completions', {
      method: 'POST',
      body: asking({ stream: true }),
      headers: await lost.bearer(),
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/"code":"upstream_failed".*\n\ndata: \[DONE\]\n\n$/);
    await lost.close();
  });
});
