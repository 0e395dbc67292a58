import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEmbeddedSite, openEmbeddedStores } from '../../embedded/index.ts';
import { ManualClock, MIDDAY, outboxContract, reportJournalContract, type SiteHarness } from '../../testing/index.ts';
import { anItem, aRecord, keep } from '../../testing/site-harness.ts';

async function open(): Promise<SiteHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-site-'));
  const clock = new ManualClock(MIDDAY);
  const site = await openEmbeddedSite({ folder, durable: false, clock });
  const close = async () => {
    await site.close();
    await rm(folder, { recursive: true });
  };
  return { ...site, clock, close };
}

outboxContract('SQLite', open);
reportJournalContract('SQLite', open);

describe('a site', () => {
  it('goes on where it was when it is opened again: what waits, what was written down, and what was not told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-site-'));
    const item = anItem();
    let site = await openEmbeddedSite({ folder, durable: false });
    await keep(site.outbox, item);
    const first = await site.reports.next();
    await site.audit.append([aRecord('later')]);
    await site.close();

    site = await openEmbeddedSite({ folder, durable: false });
    expect((await site.outbox.waiting(0, 10)).map(({ id }) => id)).toEqual([item.id]);
    expect((await site.outbox.depth()).items).toBe(1);
    expect(await site.reports.next()).toEqual({ ...first, fresh: false });
    await site.reports.taken(1);
    expect((await site.reports.next())?.body).toContain('later');
    await site.close();
    await rm(folder, { recursive: true });
  });

  it('is all that keeps what requests come to: other openers of the file leave that alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-site-'));
    const plain = await openEmbeddedStores({ folder, durable: false });
    const worstCase = { inputTokens: 1, outputTokens: 1, nanoUsd: 1 };
    const scopes = [{ scope: 'tenant' as const, id: 'acme', limits: {} }];
    const decision = await plain.ledger.reserve({ id: 'r', tenant: 'acme', scopes, worstCase, ttlMs: 1_000 });
    if (decision.admitted) await plain.ledger.settle(decision.reservation, worstCase);
    await plain.close();
    const site = await openEmbeddedSite({ folder, durable: false });
    expect(await site.reports.next()).toBeUndefined();
    await site.close();
    await rm(folder, { recursive: true });
  });
});
