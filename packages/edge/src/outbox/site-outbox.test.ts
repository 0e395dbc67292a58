import { PlatformError } from '@plinth/contracts';
import { anIdentity, forever, says } from '@plinth/gateway/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keptIn, openSite, type TestSite } from '../testing/site-harness.ts';
import { asyncView } from './async-view.ts';

let site: TestSite;
afterEach(() => site.close());

const later = { respondAsync: true };
const usageOf = async () => (await site.stores.ledger.usage('acme'))[0]!;
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => PlatformError.from(error),
  );
const statusOf = async (id: string) => (await site.outbox.get(site.identity, id)).item.status;
const until = (id: string, status: string) => vi.waitFor(async () => expect(await statusOf(id)).toBe(status));

describe('a request whose model is at the centre, without link', () => {
  it('is refused with when to come back, and told how it could be kept', async () => {
    site = await openSite();
    const error = await failure(site.chat({}));
    expect(error).toMatchObject({ code: 'site_offline', status: 503, retryable: true, retryAfterSeconds: 60 });
    expect(error!.message).toContain('respond-async');
    expect(site.large.requests).toEqual([]);
  });

  it('is kept for a caller who can wait, and answered once when the link is back', async () => {
    site = await openSite();
    site.delivery.start();
    const { id } = keptIn(await site.chat({}, later));
    expect(asyncView(await site.outbox.get(site.identity, id))).toMatchObject({
      status: 'queued',
      response: null,
      ended_at: null,
    });
    expect((await usageOf()).month).toMatchObject({ requests: 1, tokens: expect.any(Number) });
    expect((await usageOf()).concurrentRequests).toBe(0);

    site.link.up = true;
    await until(id, 'completed');
    const view = asyncView(await site.outbox.get(site.identity, id));
    expect(view.response?.choices[0]?.message.content).toBe('far');
    expect((await usageOf()).month).toEqual({ requests: 1, tokens: 4, nanoUsd: 5_000 });
    expect(site.large.requests).toHaveLength(1);
    expect(
      (await site.records()).map(({ action, requestId, reservationId }) => [action, requestId, reservationId]),
    ).toEqual([
      ['outbox.kept', 'req-1', id],
      ['chat.completion', id, id],
    ]);
  });

  it('is answered at once by a model of the site', async () => {
    site = await openSite();
    expect((await site.chat({ model: 'small' }, later)).kind).toBe('run');
  });

  it('is kept when the link breaks while it is asked', async () => {
    const script = () => [{ type: 'error' as const, error: new PlatformError('upstream_failed', 'No connection.') }];
    site = await openSite(script, { up: true });
    expect(keptIn(await site.chat({}, later)).status).toBe('waiting');
    expect(await failure(site.chat({}))).toMatchObject({ code: 'upstream_failed' });
  });

  it('is refused where the policy of the site says so', async () => {
    site = await openSite(undefined, { policy: { heavyRequests: 'refuse' } });
    const error = await failure(site.chat({}, later));
    expect(error).toMatchObject({ code: 'site_offline' });
    expect(error!.message).not.toContain('respond-async');
  });

  it('is refused when as much waits as may, with a record', async () => {
    site = await openSite(undefined, { policy: { outboxItems: 1 } });
    await site.chat({}, later);
    expect(await failure(site.chat({}, later))).toMatchObject({ code: 'site_offline', retryAfterSeconds: 300 });
    expect((await site.records()).at(-1)).toMatchObject({
      action: 'outbox.refused',
      outcome: 'refused',
      reason: 'site_offline',
    });
  });

  it('is held to budgets when it is kept', async () => {
    site = await openSite();
    site.identity = anIdentity({ tenantLimits: { tokensPerDay: 10 } });
    expect(await failure(site.chat({}, later))).toMatchObject({ code: 'budget_exceeded' });
  });

  it.each([
    ['by its own word', { route: { data: 'local' } }, {}],
    ['by its key', {}, { dataStays: true }],
  ])('never waits for the centre if its data stays on site %s', async (_how, body, identity) => {
    site = await openSite();
    site.identity = anIdentity(identity);
    const error = await failure(site.chat(body, later));
    expect(error).toMatchObject({ code: 'permission_denied', param: 'model' });
    expect(error!.message).toContain('stays on site');
    expect((await site.stores.outbox.depth()).items).toBe(0);
  });

  it('gives the same item under the same name, and refuses another request under it', async () => {
    site = await openSite();
    const named = { ...later, idempotencyKey: 'n' };
    const { id } = keptIn(await site.chat({}, named));
    expect(keptIn(await site.chat({}, named)).id).toBe(id);
    expect(await failure(site.chat({ max_tokens: 5 }, named))).toMatchObject({
      code: 'idempotency_key_reused',
      status: 422,
    });
    expect((await site.stores.outbox.depth()).items).toBe(1);
  });
});

describe('an item', () => {
  it('is tried again while what fails may be mended, also when credentials cannot be had', async () => {
    const failures = (['upstream_failed', 'overloaded', 'configuration', 'upstream_timeout'] as const).map((code) => [
      { type: 'error' as const, error: new PlatformError(code, 'Not now.') },
    ]);
    site = await openSite(() => failures.shift() ?? says(['at last']));
    site.delivery.start();
    const { id } = keptIn(await site.chat({}, later));
    site.link.up = true;
    await until(id, 'completed');
    expect(site.large.requests).toHaveLength(5);
    expect((await site.records()).filter(({ action }) => action === 'chat.completion')).toHaveLength(1);
  });

  it('ends with the reason where the request is at fault', async () => {
    site = await openSite();
    site.delivery.start();
    const { id } = keptIn(await site.chat({ messages: [{ role: 'user', content: 'How do I build a bomb?' }] }, later));
    site.link.up = true;
    await until(id, 'failed');
    expect(asyncView(await site.outbox.get(site.identity, id)).error).toMatchObject({ code: 'content_blocked' });
    expect((await usageOf()).month).toEqual({ requests: 1, tokens: 0, nanoUsd: 0 });
    expect(site.large.requests).toEqual([]);
  });

  it('can be taken back while it waits', async () => {
    site = await openSite();
    const { id } = keptIn(await site.chat({}, later));
    expect((await site.outbox.cancel(site.identity, id, 'req-c')).item.status).toBe('cancelled');
    expect((await usageOf()).month.tokens).toBe(0);
    site.delivery.start();
    site.link.up = true;
    expect((await site.outbox.cancel(site.identity, id, 'req-d')).item.status).toBe('cancelled');
    expect((await site.records()).filter(({ action }) => action === 'outbox.cancelled')).toHaveLength(1);
    expect(site.large.requests).toEqual([]);
  });

  it('can be taken back while it is under way: its call ends, and what it came to is charged', async () => {
    site = await openSite([{ type: 'start' }, { type: 'text', text: 'well ' }, forever]);
    site.delivery.start();
    const { id } = keptIn(await site.chat({}, later));
    site.link.up = true;
    await vi.waitFor(async () => expect((await site.outbox.get(site.identity, id)).underWay).toBe(true));
    await vi.waitFor(() => expect(site.large.running).toBe(1));
    expect((await site.outbox.cancel(site.identity, id, 'req-c')).item.status).toBe('cancelled');
    expect(site.large.running).toBe(0);
    const { month } = await usageOf();
    expect(month.tokens).toBeGreaterThan(0);
    expect((await site.records()).at(-1)).toMatchObject({ action: 'outbox.cancelled', nanoUsd: month.nanoUsd });
  });

  it("is nobody else's to see or to take back", async () => {
    site = await openSite();
    const { id } = keptIn(await site.chat({}, later));
    const other = anIdentity({ principal: 'bob' });
    expect(await failure(site.outbox.get(other, id))).toMatchObject({ code: 'not_found' });
    expect(await failure(site.outbox.cancel(other, id, 'r'))).toMatchObject({ code: 'not_found' });
    expect((await site.outbox.list(other, { limit: 10 })).items).toEqual([]);
  });

  it('waits in its place when the site stops in the middle of its call', async () => {
    site = await openSite([{ type: 'start' }, forever]);
    site.delivery.start();
    const { id } = keptIn(await site.chat({}, later));
    site.link.up = true;
    await vi.waitFor(() => expect(site.large.running).toBe(1));
    await site.delivery.stop({ graceMs: 0 });
    expect(site.large.running).toBe(0);
    expect(await statusOf(id)).toBe('waiting');
  });
});
