import { request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { ChatCompletion, OpenAIErrorBody } from '@plinth/contracts';
import { chatOnNode } from '@plinth/front/chat-on-node';
import { createFrontServer } from '@plinth/front/serve';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asking, openChat } from './testing/chat-platform.ts';

describe.each([
  ['straight to its path', true],
  ['through the app', false],
])("over Node's own server, %s", (_name, isDirect) => {
  let chat: Awaited<ReturnType<typeof openChat>>;
  let server: Server;
  let port: number;
  beforeAll(async () => {
    chat = await openChat();
    const direct = chatOnNode({ ...chat.platform, logError: (error) => void chat.errors.push(error) });
    server = createFrontServer(chat.app.fetch, isDirect ? direct : undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await chat.close();
  });

  const url = (path = '/v1/chat/completions') => `http://127.0.0.1:${port}${path}`;
  const post = async (body: string) => fetch(url(), { method: 'POST', body, headers: await chat.bearer() });

  it('answers whole, with a length and a request id', async () => {
    const response = await post(asking());
    expect(response.headers.get('content-length')).not.toBeNull();
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(ChatCompletion.parse(await response.json()).choices[0]?.message.content).toBe('Hello there.');
  });

  it('streams', async () => {
    const response = await post(asking({ stream: true }));
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(await response.text()).toMatch(/^data: \{.*"content":"Hello ".*data: \[DONE\]\n\n$/s);
  });

  it('answers refusals and 404s with their headers', async () => {
    const refused = await fetch(url(), { method: 'POST', body: asking() });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(refused.headers.get('x-request-id')).toBe(OpenAIErrorBody.parse(await refused.json()).error.request_id);
    expect((await fetch(url('/nothing'))).status).toBe(404);
    expect((await fetch(url('/v1/models'), { headers: await chat.bearer() })).status).toBe(200);
  });

  it('reads a body that comes in pieces, cut inside a character', async () => {
    const body = Buffer.from(asking({ messages: [{ role: 'user', content: 'Grüße' }] }));
    const cut = body.indexOf(0xc3) + 1;
    const response = await send([body.subarray(0, cut), body.subarray(cut)], await chat.bearer());
    expect(response.statusCode).toBe(200);
    expect(chat.model.requests.at(-1)?.messages).toEqual([{ role: 'user', content: 'Grüße' }]);
  });

  it('stops reading a body over the limit and closes the connection, declared or not', async () => {
    const key = await chat.bearer();
    const declared = await send([Buffer.from('{')], { ...key, 'content-length': String(5 * 1024 * 1024) }, false);
    expect(declared.statusCode).toBe(413);
    expect(declared.headers.connection).toBe('close');
    const mebibyte = Buffer.alloc(1024 * 1024, 32);
    const chunked = await send([mebibyte, mebibyte, mebibyte, mebibyte, Buffer.from(' ')], key, false);
    expect(chunked.statusCode).toBe(413);
    expect(chunked.headers.connection).toBe('close');
  });

  it('forgets a request whose client left before its body was whole', async () => {
    const before = chat.summaries.length;
    const request = httpRequest(url(), {
      method: 'POST',
      headers: { ...(await chat.bearer()), 'content-length': '100' },
    });
    request.on('error', () => undefined);
    request.write('{"model"');
    await vi.waitFor(async () => expect(await connections()).toBeGreaterThan(0));
    request.destroy();
    await vi.waitFor(() => expect(chat.platform.admission.inFlight).toBe(0));
    expect((await post(asking())).status).toBe(200);
    expect(chat.summaries).toHaveLength(before + 1);
  });

  function connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  }

  /** Sends pieces as they are; with `ends` false it waits for the answer with its own side still open. */
  function send(pieces: readonly Uint8Array[], headers: Record<string, string>, ends = true): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(url(), { method: 'POST', headers });
      request.once('response', (response) => {
        response.resume().once('end', () => request.destroy());
        resolve(response);
      });
      request.once('error', reject);
      for (const piece of pieces) request.write(piece);
      if (ends) request.end();
    });
  }
});
