import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { OpenAIErrorBody } from '@plinth/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addForward } from './forward.ts';
import { createFrontApp } from './front-app.ts';
import { serveFront, type ServedFront } from './serve.ts';

let service: Server;
let front: ServedFront;
let lonely: ServedFront;
let handle: (request: IncomingMessage, response: ServerResponse) => void;
const errors: unknown[] = [];

beforeAll(async () => {
  service = createServer((incoming, outgoing) => handle(incoming, outgoing));
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const address = service.address();
  const forwarding = async (target: string) => {
    const app = createFrontApp({ ready: async () => true, logError: (error) => errors.push(error) }, (each) =>
      addForward(each, { prefix: '/rag', target, service: 'retrieval service' }),
    );
    return serveFront(app.fetch, { host: '127.0.0.1', port: 0 });
  };
  front = await forwarding(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  lonely = await forwarding('http://127.0.0.1:1');
});
afterAll(async () => {
  service.closeAllConnections();
  service.close();
  await Promise.all([front.drain(), lonely.drain()]);
});

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text;
}

describe('a service that is reached by its own paths', () => {
  it('is sent what is under its routes and nothing else, before what is not there is refused', async () => {
    handle = (incoming, outgoing) => void outgoing.end(`${incoming.method} ${incoming.url}`);
    const address = service.address();
    const target = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const routes = ['/v1/files', '/v1/files/*'];
    const app = createFrontApp({ ready: async () => true, logError: () => undefined }, (each) =>
      addForward(each, { prefix: '', routes, paths: /^\/v1\/files(?:\/|$)/, target, service: 'batch service' }),
    );
    const own = await serveFront(app.fetch, { host: '127.0.0.1', port: 0 });
    const get = async (path: string) => (await fetch(`${own.url}${path}`)).text();
    expect(await get('/v1/files?limit=2')).toBe('GET /v1/files?limit=2');
    expect(await get('/v1/files/file-1/content')).toBe('GET /v1/files/file-1/content');
    for (const path of ['/v1/filesystem', '/v1/batches', '/v1/files/../models'])
      expect(JSON.parse(await get(path))).toMatchObject({ error: { code: 'not_found' } });
    await own.drain();
  });
});

describe('a service that is reached under a prefix', () => {
  it('is sent method, path, query, headers and body as they came, without the prefix', async () => {
    handle = (incoming, outgoing) =>
      void bodyOf(incoming).then((body) => {
        outgoing.writeHead(202, { 'content-type': 'application/json', 'x-own': 'yes' });
        outgoing.end(
          JSON.stringify({ method: incoming.method, url: incoming.url, key: incoming.headers.authorization, body }),
        );
      });
    const response = await fetch(`${front.url}/rag/v1/documents?after=a%2Fb`, {
      method: 'PUT',
      body: 'x'.repeat(200_000),
      headers: { authorization: 'Bearer k' },
    });
    expect(response.status).toBe(202);
    expect(response.headers.get('x-own')).toBe('yes');
    expect(await response.json()).toEqual({
      method: 'PUT',
      url: '/v1/documents?after=a%2Fb',
      key: 'Bearer k',
      body: 'x'.repeat(200_000),
    });
  });

  it('streams: each piece arrives before the next is written', async () => {
    let next = () => {};
    handle = (_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
      outgoing.write('data: 1\n\n');
      next = () => outgoing.end('data: 2\n\n');
    };
    const response = await fetch(`${front.url}/rag/v1/chat/completions`, { method: 'POST', body: '{}' });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('data: 1\n\n');
    next();
    expect((await reader.read()).value).toBe('data: 2\n\n');
  });

  it('hears when a client leaves', async () => {
    const left = new Promise<void>((resolve) => {
      handle = (_incoming, outgoing) => {
        outgoing.writeHead(200);
        outgoing.write('half');
        outgoing.once('close', resolve);
      };
    });
    const controller = new AbortController();
    const response = await fetch(`${front.url}/rag/v1/search`, {
      method: 'POST',
      body: '{}',
      signal: controller.signal,
    });
    await response.body!.getReader().read();
    controller.abort();
    await left;
  });

  it('that breaks off in the middle breaks the answer off', async () => {
    handle = (_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-length': 100 });
      outgoing.write('half', () => outgoing.destroy());
    };
    const response = await fetch(`${front.url}/rag/v1/models`);
    await expect(response.text()).rejects.toThrow();
  });

  it('that is not there is a 503 that says to wait', async () => {
    const response = await fetch(`${lonely.url}/rag/v1/models`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(OpenAIErrorBody.parse(await response.json()).error).toMatchObject({ code: 'overloaded', retryable: true });
  });

  it('shows its API and its health, and not its metrics or anything else', async () => {
    handle = (_incoming, outgoing) => void outgoing.end('reached');
    for (const path of ['/v1/models', '/openapi.json', '/readyz'])
      expect((await fetch(`${front.url}/rag${path}`)).status).toBe(200);
    for (const path of ['/metrics', '/', '/admin', '/v1'])
      expect((await fetch(`${front.url}/rag${path}`)).status).toBe(404);
  });

  it('is reached by no way around: dots are resolved before the path is looked at', async () => {
    handle = (_incoming, outgoing) => void outgoing.end('reached');
    const { hostname, port } = new URL(front.url);
    for (const path of ['/rag/v1/../metrics', '/rag/v1/%2e%2e/metrics', '/rag/v1/../../healthz/../rag/metrics']) {
      const status = await new Promise((resolve, reject) => {
        request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
          .once('error', reject)
          .end();
      });
      expect({ path, status }).toEqual({ path, status: 404 });
    }
  });

  it('is not sent the headers of the connection', async () => {
    let headers: IncomingMessage['headers'] = {};
    handle = (incoming, outgoing) => {
      ({ headers } = incoming);
      outgoing.end('ok');
    };
    await new Promise<void>((resolve, reject) => {
      const { hostname, port } = new URL(front.url);
      request(
        {
          hostname,
          port,
          path: '/rag/v1/models',
          headers: { connection: 'close, x-hop', 'x-hop': '1', te: 'trailers', 'x-own': '2' },
        },
        (response) => response.resume().once('end', resolve),
      )
        .once('error', reject)
        .end();
    });
    expect(headers).toMatchObject({ 'x-own': '2' });
    expect(headers).not.toHaveProperty('x-hop');
    expect(headers).not.toHaveProperty('te');
  });
});
