import { ManualTimers } from '@plinth/batching/testing';
import { aRecord, anItem, keep, ManualClock, MIDDAY, type SiteHarness } from '@plinth/stores/testing';
import { openEmbeddedSite } from '@plinth/stores/embedded';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutboxUpkeep } from './upkeep.ts';

const HOUR_MS = 3_600_000;
let site: SiteHarness;
let upkeep: OutboxUpkeep;
const timers = new ManualTimers();
const underWay = new Set<string>();

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-upkeep-'));
  const clock = new ManualClock(MIDDAY);
  const stores = await openEmbeddedSite({ folder, durable: false, clock });
  const close = async () => {
    await stores.close();
    await rm(folder, { recursive: true });
  };
  site = { ...stores, clock, close };
  const isUnderWay = (id: string) => underWay.has(id);
  const fail = (error: Error) => expect.fail(error.message);
  upkeep = new OutboxUpkeep({ outbox: site.outbox, clock, isUnderWay, onError: fail, timers, keptMs: 10 * HOUR_MS });
});
afterEach(() => site.close());

const later = (hours: number) => {
  site.clock.advance(hours * HOUR_MS);
  timers.move(hours * HOUR_MS);
  return upkeep.round();
};

describe('the upkeep of an outbox', () => {
  it('gives up what has waited too long, says so, and charges nothing', async () => {
    const [soon, long] = [anItem(), anItem({ expiresAt: MIDDAY + 9 * HOUR_MS })];
    for (const item of [soon, long]) await keep(site.outbox, item);
    await later(2);
    expect(await site.outbox.get(soon, soon.id)).toMatchObject({
      status: 'failed',
      error: { code: 'request_timeout' },
    });
    expect(await site.outbox.get(long, long.id)).toMatchObject({ status: 'waiting' });
    expect((await site.ledger.usage('acme'))[0]!.month.tokens).toBe(100);
    const actions: string[] = [];
    for await (const { body } of site.audit.read()) actions.push((JSON.parse(body) as { action: string }).action);
    expect(actions).toEqual(['outbox.kept', 'outbox.kept', 'outbox.expired']);
  });

  it('leaves alone what is being answered', async () => {
    const item = anItem();
    await keep(site.outbox, item);
    underWay.add(item.id);
    await later(2);
    expect(await site.outbox.get(item, item.id)).toMatchObject({ status: 'waiting' });
  });

  it('keeps the money of what waits reserved, longer than a reservation lives', async () => {
    const item = anItem({ expiresAt: MIDDAY + 20 * 24 * HOUR_MS });
    await keep(site.outbox, item);
    for (let day = 0; day <= 10; day++) await later(day === 0 ? 0 : 24);
    expect(await site.ledger.sweep()).toEqual([]);
    await site.outbox.end(
      item.id,
      { status: 'cancelled', used: { inputTokens: 1, outputTokens: 0, nanoUsd: 0 }, at: site.clock.now() },
      [aRecord('r')],
    );
    expect((await site.ledger.usage('acme'))[0]!.month.tokens).toBe(1);
  });

  it('forgets answers some time after they came', async () => {
    const item = anItem();
    await keep(site.outbox, item);
    await site.outbox.end(
      item.id,
      { status: 'completed', response: '{}', used: { inputTokens: 1, outputTokens: 0, nanoUsd: 0 }, at: MIDDAY },
      [],
    );
    await later(10);
    expect(await site.outbox.get(item, item.id)).toBeDefined();
    await later(1);
    expect(await site.outbox.get(item, item.id)).toBeUndefined();
  });
});
