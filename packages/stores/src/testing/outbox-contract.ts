import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amount, fresh, MIDDAY } from './ledger-harness.ts';
import { anItem, aRecord, keep, kept, type SiteHarness } from './site-harness.ts';

/** What every outbox must do, with the ledger and the audit log it goes with. */
export function outboxContract(name: string, open: () => Promise<SiteHarness>): void {
  describe(`${name} as an outbox`, () => {
    let site: SiteHarness;
    beforeAll(async () => {
      site = await open();
    });
    afterAll(async () => site.close());

    const tokensOf = async (tenant: string) => (await site.ledger.usage(tenant))[0]!.month.tokens;
    const recordsOf = async (id: string) => {
      const actions: string[] = [];
      for await (const { body } of site.audit.read()) {
        const record = JSON.parse(body) as { requestId: string; action: string };
        if (record.requestId === id) actions.push(record.action);
      }
      return actions;
    };
    const done = (used = amount(5, 6, 7)) => ({ status: 'completed' as const, response: '{"a":1}', used, at: MIDDAY });

    it('keeps an item with its reservation and its record', async () => {
      const item = anItem({ tenant: fresh('t') });
      const { request: _request, identity: _identity, idempotency: _idempotency, ...seen } = item;
      const waiting = { ...seen, status: 'waiting', endedAt: undefined, response: undefined, error: undefined };
      expect(kept(await keep(site.outbox, item))).toEqual(waiting);
      expect(await site.outbox.get(item, item.id)).toEqual(waiting);
      expect(await site.outbox.work(item.id)).toEqual({
        item: waiting,
        request: item.request,
        identity: item.identity,
      });
      expect(await tokensOf(item.tenant)).toBe(100);
      expect(await recordsOf(item.id)).toEqual(['outbox.kept']);
    });

    it('refuses what is over a budget, and leaves nothing of it', async () => {
      const item = anItem({ tenant: fresh('t') });
      const answer = await keep(site.outbox, item, { limits: { tokensPerDay: 99 } });
      expect(answer).toMatchObject({ kind: 'refused', refusal: { limit: 'tokensPerDay', neverFits: true } });
      expect(await site.outbox.get(item, item.id)).toBeUndefined();
      expect(await tokensOf(item.tenant)).toBe(0);
      expect(await recordsOf(item.id)).toEqual([]);
    });

    it('takes no more than may wait, whoever asks at once', async () => {
      const { items } = await site.outbox.depth();
      const most = items + 3;
      const asked = Array.from({ length: 8 }, () => keep(site.outbox, anItem(), { most }));
      const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'kept')).toHaveLength(3);
      expect(kinds.filter((kind) => kind === 'full')).toHaveLength(5);
      expect((await site.outbox.depth()).items).toBe(most);
    });

    it('gives the same item for the same name and content, also after its end', async () => {
      const owner = { tenant: fresh('t'), principal: 'ann' };
      const named = (hash: string, more = {}) => anItem({ ...owner, idempotency: { key: 'n', hash }, ...more });
      const first = kept(await keep(site.outbox, named('a')));
      expect(await keep(site.outbox, named('a'))).toEqual({ kind: 'known', item: first });
      expect(await keep(site.outbox, named('b'))).toEqual({ kind: 'mismatch' });
      expect(kept(await keep(site.outbox, named('b', { principal: 'bob' }))).id).not.toBe(first.id);
      await site.outbox.end(first.id, done(), []);
      expect(await keep(site.outbox, named('a'))).toMatchObject({ kind: 'known', item: { status: 'completed' } });
      expect(await tokensOf(owner.tenant)).toBe(11 + 100);
    });

    it('ends an item once, with its answer, its settlement and its record', async () => {
      const item = anItem({ tenant: fresh('t') });
      await keep(site.outbox, item);
      const ends = Array.from({ length: 4 }, (_, each) =>
        site.outbox.end(item.id, done(amount(each, 0, 0)), [aRecord(item.id, { action: `end.${each}` })]),
      );
      const won = (await Promise.all(ends)).findIndex(Boolean);
      expect((await Promise.all(ends)).filter(Boolean)).toHaveLength(1);
      expect(await site.outbox.get(item, item.id)).toMatchObject({
        status: 'completed',
        response: '{"a":1}',
        endedAt: MIDDAY,
      });
      expect(await tokensOf(item.tenant)).toBe(won);
      expect(await recordsOf(item.id)).toEqual(['outbox.kept', `end.${won}`]);
      expect(await site.outbox.work(item.id)).toBeUndefined();
      expect(await site.outbox.end(fresh('async'), done(), [aRecord('nobody')])).toBe(false);
    });

    it('keeps the reason of an item that failed', async () => {
      const item = anItem();
      await keep(site.outbox, item);
      const error = { code: 'content_blocked', message: 'Blocked.' };
      await site.outbox.end(item.id, { status: 'failed', error, used: amount(0), at: MIDDAY + 5 }, []);
      expect(await site.outbox.get(item, item.id)).toMatchObject({ status: 'failed', error, endedAt: MIDDAY + 5 });
    });

    it('shows items to their owner alone', async () => {
      const item = anItem({ tenant: fresh('t') });
      await keep(site.outbox, item);
      for (const other of [
        { tenant: item.tenant, principal: 'bob' },
        { tenant: fresh('t'), principal: 'ann' },
      ]) {
        expect(await site.outbox.get(other, item.id)).toBeUndefined();
        expect((await site.outbox.list(other, { limit: 10 })).items).toEqual([]);
      }
    });

    it('lists newest first, page by page', async () => {
      const owner = { tenant: fresh('t'), principal: 'ann' };
      const ids: string[] = [];
      for (let each = 0; each < 5; each++) ids.unshift(kept(await keep(site.outbox, anItem(owner))).id);
      const first = await site.outbox.list(owner, { limit: 3 });
      expect([first.items.map(({ id }) => id), first.more]).toEqual([ids.slice(0, 3), true]);
      const rest = await site.outbox.list(owner, { limit: 3, after: ids[2] });
      expect([rest.items.map(({ id }) => id), rest.more]).toEqual([ids.slice(3), false]);
      expect((await site.outbox.list(owner, { limit: 3, after: 'no such' })).items).toEqual([]);
    });

    it('gives what waits in the order it came, and forgets what ended long ago', async () => {
      const [a, b, c] = [anItem(), anItem(), anItem()];
      for (const item of [a, b, c]) await keep(site.outbox, item);
      await site.outbox.end(b.id, { ...done(), at: 1_000 }, []);
      const waiting = await site.outbox.waiting(0, 1_000);
      expect(waiting.map(({ id }) => id).slice(-2)).toEqual([a.id, c.id]);
      const [before] = waiting.slice(-2);
      expect(await site.outbox.waiting(before!.number, 1_000)).toEqual(waiting.slice(-1));
      expect(await site.outbox.forget(1_001, 10)).toBe(1);
      expect(await site.outbox.get(b, b.id)).toBeUndefined();
      expect(await site.outbox.get(a, a.id)).toBeDefined();
    });

    it('holds reservations for as long as they are renewed, and charges what was lost in full', async () => {
      const item = anItem({ tenant: fresh('t') });
      await keep(site.outbox, item);
      site.clock.advance(80_000_000);
      await site.outbox.renew(86_400_000);
      site.clock.advance(80_000_000);
      const { now } = { now: site.clock.now() };
      expect(await site.outbox.end(item.id, { ...done(), at: now }, [])).toBe(true);
      expect(await tokensOf(item.tenant)).toBe(11);

      const lost = anItem({ tenant: fresh('t') });
      await keep(site.outbox, lost);
      site.clock.advance(90_000_000);
      expect(await site.outbox.end(lost.id, { ...done(), at: site.clock.now() }, [])).toBe(true);
      expect(await tokensOf(lost.tenant)).toBe(100);
    });
  });
}
