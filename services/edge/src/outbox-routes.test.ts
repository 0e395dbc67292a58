import { AsyncObject, PlatformError } from '@plinth/contracts';
import { asyncView, DiskReserve, type SiteCall } from '@plinth/edge';
import { openSite, type TestSite } from '@plinth/edge/testing';
import { createFrontApp, type FrontApp } from '@plinth/front';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anIdentity } from '@plinth/gateway/testing';
import { addOutboxRoutes } from './outbox-routes.ts';

let site: TestSite;
let app: FrontApp;
let free = 100;
let callers = 0;
beforeAll(async () => {
  site = await openSite();
  const identify = async (authorization: string | undefined) => {
    if (authorization === undefined) throw new PlatformError('invalid_api_key', 'Who?');
    return site.identity;
  };
  const chat = async (call: SiteCall) => {
    await identify(call.authorization);
    return site.answer(call);
  };
  const disk = new DiskReserve({ free: async () => free, reserveBytes: 50, everyMs: 0 });
  app = createFrontApp({ ready: async () => true, logError: () => undefined }, (routes) =>
    addOutboxRoutes(routes, { identify, chat, outbox: site.outbox, disk }),
  );
});
beforeEach(() => {
  free = 100;
  site.identity = anIdentity({ principal: `ann-${++callers}` });
});
afterAll(() => site.close());

const headers = { authorization: 'Bearer x' };
const ask = (model: string, more: Record<string, string> = {}) =>
  app.request('/v1/chat/completions', {
    method: 'POST',
    headers: { ...headers, ...more },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
  });
const call = async (path: string, method = 'GET') => {
  const response = await app.request(path, { method, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('POST /v1/chat/completions on a site', () => {
  it('answers from the site', async () => {
    const response = await ask('small');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'here' } }] });
  });

  it('without link is a 503 that says when to come back', async () => {
    const response = await ask('large');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.json()).toMatchObject({ error: { code: 'site_offline', retryable: true } });
  });

  it.each(['respond-async', 'wait=10, Respond-Async', 'respond-async; x=1, wait=5'])(
    'with "Prefer: %s" is a 202 with where to ask',
    async (prefer) => {
      const response = await ask('large', { prefer });
      expect(response.status).toBe(202);
      const view = AsyncObject.parse(await response.json());
      expect(view).toMatchObject({ object: 'async.chat.completion', status: 'queued', response: null, error: null });
      expect(response.headers.get('location')).toBe(`/v1/async/${view.id}`);
      expect(response.headers.get('preference-applied')).toBe('respond-async');
      expect((await call(`/v1/async/${view.id}`)).body).toEqual(view);
    },
  );

  it.each(['respond-asynchronously', 'return=minimal', 'x="respond-async"'])(
    'takes "Prefer: %s" for no such wish',
    async (prefer) => {
      expect((await ask('large', { prefer })).status).toBe(503);
    },
  );

  it('takes nothing when the disk is nearly full', async () => {
    free = 49;
    const response = await ask('small');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.json()).toMatchObject({ error: { code: 'disk_full', retryable: true } });
  });
});

describe('/v1/async', () => {
  const leave = async () => AsyncObject.parse(await (await ask('large', { prefer: 'respond-async' })).json()).id;

  it('lists what was left, newest first, in pages', async () => {
    const ids = [await leave(), await leave(), await leave()].reverse();
    expect((await call('/v1/async?limit=2')).body).toMatchObject({
      object: 'list',
      data: [{ id: ids[0] }, { id: ids[1] }],
      first_id: ids[0],
      last_id: ids[1],
      has_more: true,
    });
    expect((await call(`/v1/async?after=${ids[1]}`)).body).toMatchObject({ data: [{ id: ids[2] }], has_more: false });
    expect((await call('/v1/async?limit=0')).status).toBe(400);
  });

  it.each([
    ['POST', '/cancel'],
    ['DELETE', ''],
  ])('%s /v1/async/:id%s takes a request back', async (method, rest) => {
    const id = await leave();
    expect((await call(`/v1/async/${id}${rest}`, method)).body).toMatchObject({ id, status: 'cancelled' });
    expect(asyncView(await site.outbox.get(site.identity, id)).status).toBe('cancelled');
  });

  it('knows nothing of what is not there, and nobody without a key', async () => {
    expect(await call('/v1/async/async_1')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
    expect((await app.request('/v1/async/async_1')).status).toBe(401);
    expect((await app.request('/v1/async')).status).toBe(401);
  });
});
