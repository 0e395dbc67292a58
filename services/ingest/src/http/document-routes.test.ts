import { createServer, request, type Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { OpenAIErrorBody, type Identity } from '@plinth/contracts';
import { createFrontApp } from '@plinth/front';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLibrary } from '../testing/library-harness.ts';
import { addDocumentRoutes } from './document-routes.ts';

let library: Awaited<ReturnType<typeof openLibrary>>;
beforeEach(async () => {
  library = await openLibrary({ maxBytes: 100_000 });
});
afterEach(() => library.close());

const ann = 'Bearer acme:ann:hr,staff';
const bob = 'Bearer acme:bob:finance,staff';
const carl = 'Bearer acme:carl:finance';
const eve = 'Bearer other:eve:hr,staff,finance';
const nobody = 'Bearer acme:nobody:';

function ask(
  method: string,
  path: string,
  authorization?: string,
  body?: string | FormData,
  headers: Record<string, string> = {},
) {
  return library.app.request(`/v1/documents${path}`, {
    method,
    body,
    headers: { ...headers, ...(authorization !== undefined && { authorization }) },
  });
}

function formOf(text: string, fields: Record<string, string>, name = 'travel.txt'): FormData {
  const data = new FormData();
  data.append('file', new Blob([text], { type: 'text/plain' }), name);
  for (const [key, value] of Object.entries(fields)) data.append(key, value);
  return data;
}

async function refusal(response: Response | Promise<Response>) {
  const { status, headers } = await response;
  const body = OpenAIErrorBody.parse(await (await response).json());
  expect(headers.get('x-request-id')).toBe(body.error.request_id);
  return { status, code: body.error.code, param: body.error.param };
}

describe('a library that is filled by a bucket', () => {
  it('is read as ever, and says where documents come from in place of taking or removing one', async () => {
    await ask('POST', '', ann, formOf('one', { id: 'a.txt', groups: 'hr' }));
    await library.work();
    const reading = createFrontApp({ ready: () => Promise.resolve(true), logError: console.error }, (front) =>
      addDocumentRoutes(front, {
        identify: () => Promise.resolve({ tenant: 'acme', principal: 'ann', groups: ['hr'] } as unknown as Identity),
        library: library.index,
        objects: library.objects,
      }),
    );
    expect(await (await reading.request('/v1/documents')).json()).toMatchObject({ data: [{ id: 'a.txt' }] });
    expect(await (await reading.request('/v1/documents/a.txt/content')).text()).toBe('one');
    for (const [method, path] of [
      ['POST', ''],
      ['PUT', '/b.txt'],
      ['DELETE', '/a.txt'],
    ] as const) {
      const refused = await reading.request(`/v1/documents${path}`, { method });
      expect(refused.status).toBe(400);
      expect(OpenAIErrorBody.parse(await refused.json()).error).toMatchObject({
        code: 'unsupported_feature',
        message: expect.stringContaining('by the bucket'),
      });
    }
    expect((await ask('GET', '/a.txt', ann)).status).toBe(200);
  });
});

describe('the library of documents', () => {
  it('takes a form, works on it, and shows it to who shares a group', async () => {
    const fields = { id: 'hr/travel.txt', groups: 'hr, staff', metadata: '{"year":2026}' };
    const accepted = await ask('POST', '', ann, formOf('one\ntwo', fields));
    expect(accepted.status).toBe(202);
    expect(await accepted.json()).toEqual({
      id: 'hr/travel.txt',
      object: 'document',
      version: 1,
      state: 'queued',
      unchanged: false,
    });
    await library.work();
    const path = `/${encodeURIComponent('hr/travel.txt')}`;
    expect(await (await ask('GET', path, bob)).json()).toMatchObject({
      id: 'hr/travel.txt',
      state: 'indexed',
      version: 1,
      indexed_version: 1,
      groups: ['hr', 'staff'],
      metadata: { year: 2026 },
      media_type: 'text/plain',
      bytes: 7,
      passages: 2,
      title: 'travel.txt',
    });
    expect(await (await ask('GET', `${path}/text`, bob)).json()).toMatchObject({
      version: 1,
      text: 'one\ntwo',
      blocks: [{ start: 0, end: 3 }, {}],
    });
  });

  it('takes the id of a form from the name of its file, and the fields before or after it', async () => {
    const data = new FormData();
    data.append('groups', 'hr');
    data.append('groups', 'staff');
    data.append('file', new Blob(['x']), 'notes.md');
    expect(await (await ask('POST', '', ann, data)).json()).toMatchObject({ id: 'notes.md' });
    expect(await (await ask('GET', '/notes.md', ann)).json()).toMatchObject({
      groups: ['hr', 'staff'],
      media_type: 'text/markdown',
    });
  });

  it('takes bytes as they are', async () => {
    const put = await ask(
      'PUT',
      `/${encodeURIComponent('a b/ü.txt')}?groups=staff&metadata=%7B%22a%22%3A1%7D`,
      ann,
      'text',
      { 'content-type': 'text/plain' },
    );
    expect(put.status).toBe(202);
    expect(await (await ask('GET', `/${encodeURIComponent('a b/ü.txt')}`, ann)).json()).toMatchObject({
      id: 'a b/ü.txt',
      title: 'ü.txt',
      metadata: { a: 1 },
    });
    const again = await ask(
      'PUT',
      `/${encodeURIComponent('a b/ü.txt')}?groups=staff&metadata=%7B%22a%22%3A1%7D`,
      ann,
      'text',
    );
    expect(await again.json()).toMatchObject({ version: 1, unchanged: true });
  });

  it('hands the original over to be saved, never to be shown', async () => {
    await ask('POST', '', ann, formOf('<script>alert(1)</script>', { id: 'x/grüß"e.html', groups: 'hr' }));
    const response = await ask('GET', `/${encodeURIComponent('x/grüß"e.html')}/content`, ann);
    expect(await response.text()).toBe('<script>alert(1)</script>');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="gr___e.html"; filename*=UTF-8''gr%C3%BC%C3%9F%22e.html`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-length': '25',
    });
  });

  it('lists in pages what a reader may read', async () => {
    for (const [id, groups] of [
      ['a', 'hr'],
      ['b', 'staff'],
      ['c', 'hr'],
      ['d', 'staff'],
    ] as const)
      await ask('PUT', `/${id}.txt?groups=${groups}`, ann, id);
    const list = async (query: string, who: string) => {
      const { data, ...page } = (await (await ask('GET', query, who)).json()) as { data: { id: string }[] };
      return { ids: data.map(({ id }) => id), ...page };
    };
    expect(await list('', bob)).toEqual({ ids: ['b.txt', 'd.txt'], object: 'list', has_more: false, last_id: 'd.txt' });
    expect(await list('?limit=3', ann)).toMatchObject({
      ids: ['a.txt', 'b.txt', 'c.txt'],
      has_more: true,
      last_id: 'c.txt',
    });
    expect(await list('?limit=3&after=c.txt', ann)).toMatchObject({ ids: ['d.txt'], has_more: false });
    expect(await list('', nobody)).toMatchObject({ ids: [], last_id: null });
    expect(await list('', eve)).toMatchObject({ ids: [] });
  });

  it('says nothing of a document to who does not share a group: it reads as absent', async () => {
    await ask('PUT', '/secret.txt?groups=hr', ann, 'secret');
    await library.work();
    for (const who of [bob, eve, nobody])
      for (const path of ['', '/text', '/content', '/events', '/text?version=1'])
        expect(await refusal(ask('GET', `/secret.txt${path}`, who))).toEqual(
          await refusal(ask('GET', `/absent.txt${path}`, who)),
        );
    for (const who of [bob, eve, nobody])
      expect(await refusal(ask('DELETE', '/secret.txt', who))).toMatchObject({ status: 404, code: 'not_found' });
    expect((await ask('GET', '/secret.txt', ann)).status).toBe(200);
  });

  it('is replaced and deleted only by who shares a group of the document', async () => {
    await ask('PUT', '/shared.txt?groups=staff,hr', ann, 'first');
    expect(await refusal(ask('PUT', '/shared.txt?groups=finance', carl, 'mine'))).toMatchObject({
      status: 403,
      code: 'permission_denied',
    });
    expect((await ask('PUT', '/shared.txt?groups=staff', eve, 'theirs')).status).toBe(202);
    expect((await ask('PUT', '/shared.txt?groups=staff', bob, 'second')).status).toBe(202);
    expect(await (await ask('GET', '/shared.txt', ann)).json()).toMatchObject({ version: 2, groups: ['staff'] });
    expect(await (await ask('DELETE', '/shared.txt', ann)).json()).toEqual({
      id: 'shared.txt',
      object: 'document',
      deleted: true,
    });
    expect((await ask('GET', '/shared.txt', ann)).status).toBe(404);
    await library.work();
    expect((await ask('DELETE', '/shared.txt', ann)).status).toBe(404);
    expect((await ask('GET', '/shared.txt', eve)).status).toBe(200);
  });

  it.each([
    ['nobody known', undefined, 'PUT', '/a.txt?groups=hr', 'x', 401, 'invalid_api_key'],
    ['no group', ann, 'PUT', '/a.txt', 'x', 400, 'invalid_request'],
    ["a group that is not the sender's", ann, 'PUT', '/a.txt?groups=hr,finance', 'x', 403, 'permission_denied'],
    ['an id that leads out', ann, 'PUT', '/..%2Fa.txt?groups=hr', 'x', 400, 'invalid_request'],
    ['too many bytes', ann, 'PUT', '/a.txt?groups=hr', 'x'.repeat(100_001), 413, 'request_too_large'],
    ['metadata that is no JSON', ann, 'PUT', '/a.txt?groups=hr&metadata=%7B', 'x', 400, 'invalid_request'],
    ['a list longer than any', ann, 'GET', '?limit=101', undefined, 400, 'invalid_request'],
    ['a version that is no number', ann, 'GET', '/a.txt/text?version=1e3', undefined, 400, 'invalid_request'],
    ['JSON for a form', ann, 'POST', '', '{}', 400, 'invalid_request'],
    ['a method there is not', ann, 'PATCH', '/a.txt', 'x', 405, 'method_not_allowed'],
  ] as const)('refuses %s', async (_, who, method, path, body, status, code) => {
    expect(await refusal(ask(method, path, who, body))).toMatchObject({ status, code });
    expect(library.index.jobs).toEqual([]);
  });

  it('refuses a form without a file, with two, and with a field too long', async () => {
    const none = new FormData();
    none.append('groups', 'hr');
    expect(await refusal(ask('POST', '', ann, none))).toMatchObject({ status: 400, param: 'file' });
    const two = formOf('x', { groups: 'hr' });
    two.append('file', new Blob(['y']), 'y.txt');
    expect(await refusal(ask('POST', '', ann, two))).toMatchObject({ status: 400, param: 'file' });
    expect(
      await refusal(ask('POST', '', ann, formOf('x', { groups: 'hr', metadata: 'x'.repeat(9_000) }))),
    ).toMatchObject({ status: 400, param: 'metadata' });
    expect(await refusal(ask('POST', '', ann, formOf('x'.repeat(100_001), { groups: 'hr' })))).toMatchObject({
      status: 413,
    });
    expect(library.index.jobs).toEqual([]);
  });

  it('tells of a document while it is worked on, until it is indexed, failed or gone', async () => {
    await ask('PUT', '/a.txt?groups=hr', ann, 'one\ntwo');
    await ask('PUT', '/b.txt?groups=hr', ann, '%broken');
    await ask('PUT', '/c.txt?groups=hr', ann, 'x');
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((id) => ask('GET', `/${id}.txt/events`, ann)));
    expect(a!.headers.get('content-type')).toMatch('text/event-stream');
    await ask('DELETE', '/c.txt', ann);
    const worked = library.work();
    expect(await a!.text()).toMatch(
      /^event: document\ndata: \{.*"state":"queued".*\n\nevent: document\ndata: \{.*"state":"indexed".*\}\n\n$/s,
    );
    expect(await b!.text()).toMatch(
      /event: document\ndata: \{.*"state":"failed".*"reason":"The document cannot be read\.".*\}\n\n$/s,
    );
    expect(await c!.text()).toMatch(/event: gone\ndata: \{\}\n\n$/);
    await worked;
  });
});

describe("over Node's own server", () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = createAdaptorServer({ fetch: library.app.fetch, createServer }) as Server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('takes forms and bytes, and answers on the same connection', async () => {
    const url = `http://127.0.0.1:${port}/v1/documents`;
    const headers = { authorization: ann };
    const form = await fetch(url, {
      method: 'POST',
      headers,
      body: formOf('x'.repeat(90_000), { id: 'f', groups: 'hr' }),
    });
    expect(form.status).toBe(202);
    const put = await fetch(`${url}/p?groups=hr`, { method: 'PUT', headers, body: 'y'.repeat(90_000) });
    expect(put.status).toBe(202);
    expect(await (await fetch(`${url}/p/content`, { headers })).text()).toBe('y'.repeat(90_000));
    const refused = await fetch(`${url}/p?groups=finance`, { method: 'PUT', headers, body: 'y'.repeat(90_000) });
    expect(refused.status).toBe(403);
  });

  it('answers a document that is too large while it is still being sent, and closes the connection', async () => {
    const answer = await new Promise<{ status: number | undefined; connection: string | undefined }>(
      (resolve, reject) => {
        const sending = request(
          { port, method: 'PUT', path: '/v1/documents/big?groups=hr', headers: { authorization: ann } },
          (response) => {
            resolve({ status: response.statusCode, connection: response.headers.connection });
            sending.destroy();
          },
        );
        sending.on('error', reject);
        sending.write(Buffer.alloc(100_001));
      },
    );
    expect(answer).toEqual({ status: 413, connection: 'close' });
  });

  it('keeps nothing of what a client stopped sending', async () => {
    const sending = request({
      port,
      method: 'PUT',
      path: '/v1/documents/cut?groups=hr',
      headers: { authorization: ann },
    });
    sending.on('error', () => undefined);
    sending.write(Buffer.alloc(50_000));
    await new Promise((resolve) => server.once('request', resolve));
    sending.destroy();
    const closed = await fetch(`http://127.0.0.1:${port}/v1/documents/cut`, { headers: { authorization: ann } });
    expect(closed.status).toBe(404);
    expect(library.index.jobs).toEqual([]);
    for await (const page of library.objects.list('')) expect(page).toEqual([]);
  });
});
