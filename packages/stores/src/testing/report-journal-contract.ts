import { SiteReport } from '@plinth/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainHash } from '../audit/chain-hash.ts';
import { dayOf } from '../ledger/periods.ts';
import { admitted, amount, keyScope, MIDDAY, tenantScope } from './ledger-harness.ts';
import { anItem, aRecord, keep, type SiteHarness } from './site-harness.ts';

const STATE = { at: MIDDAY, mode: 'serving' as const, outbox: { items: 0, oldestSeconds: 0 } };

/** What every journal of reports must do, with the ledger and the audit log it tells of. */
export function reportJournalContract(name: string, open: () => Promise<SiteHarness>): void {
  describe(`${name} as a journal of reports`, () => {
    let site: SiteHarness;
    beforeEach(async () => {
      site = await open();
    });
    afterEach(async () => site.close());

    const next = async (state?: typeof STATE) => {
      const written = await site.reports.next(state);
      return written && SiteReport.parse(JSON.parse(written.body));
    };
    const reserve = async (id: string, key = 'pk_1') =>
      admitted(
        await site.ledger.reserve({
          id,
          tenant: 'acme',
          scopes: [tenantScope('acme', {}), keyScope(key, {})],
          worstCase: amount(10, 10, 10),
          ttlMs: 1_000,
        }),
      );

    it('has nothing to tell when nothing has happened, but for how the site is', async () => {
      expect(await next()).toBeUndefined();
      expect(await next(STATE)).toMatchObject({ number: 1, usage: [], state: STATE });
    });

    it('tells audit entries in the order of their chain, as they were hashed', async () => {
      await site.audit.append([aRecord('a'), aRecord('b')]);
      await site.audit.append([aRecord('c')]);
      const report = (await next())!;
      let hash = '0'.repeat(64);
      for (const [index, line] of report.audit!.lines.split('\n').entries()) {
        hash = chainHash(report.journal, index + 1, hash, line.slice(65));
        expect(line.slice(0, 64)).toBe(hash);
        expect(line).toContain(`"requestId":"${'abc'[index]}"`);
      }
      expect(report.audit!.first).toBe(1);
      await site.reports.taken(1);
      await site.audit.append([aRecord('d')]);
      expect(await next()).toMatchObject({ number: 2, audit: { first: 4 } });
    });

    it('gives a report until it is taken, whatever happens meanwhile', async () => {
      await site.audit.append([aRecord('a')]);
      const first = await site.reports.next(STATE);
      await site.audit.append([aRecord('b')]);
      expect(await site.reports.next({ ...STATE, at: 5 })).toEqual({ ...first, fresh: false });
      await site.reports.taken(first!.number);
      expect(await next()).toMatchObject({ number: 2, audit: { first: 2 } });
    });

    it('tells what ended requests came to, each once: settled, lost, and out of the outbox', async () => {
      const [settled, other] = [await reserve('a'), await reserve('b', 'pk_2')];
      await site.ledger.settle(settled, amount(1, 2, 3));
      await site.ledger.settle(settled, amount(1, 2, 3));
      const day = dayOf(MIDDAY);
      expect((await next())!.usage).toEqual([{ tenant: 'acme', key: 'pk_1', day, requests: 1, tokens: 3, nanoUsd: 3 }]);
      await site.reports.taken(1);
      site.clock.advance(2_000);
      expect(await site.ledger.sweep()).toHaveLength(1);
      const item = anItem();
      await keep(site.outbox, item);
      await site.outbox.end(
        item.id,
        { status: 'completed', response: '{}', used: amount(4, 0, 4), at: site.clock.now() },
        [],
      );
      expect((await next())!.usage).toEqual([
        { tenant: 'acme', key: 'pk_1', day, requests: 1, tokens: 4, nanoUsd: 4 },
        { tenant: 'acme', key: 'pk_2', day, requests: 1, tokens: 20, nanoUsd: 10 },
      ]);
      await site.reports.taken(2);
      expect(await site.ledger.settle(other, amount(9))).toBeUndefined();
      expect(await next()).toBeUndefined();
    });

    it('comes to what the ledger says, with many tenants, in reports that a queue takes', async () => {
      const reason = '"\u2028'.repeat(64);
      for (let each = 0; each < 300; each++) {
        const reservation = await reserve(`r${each}`, `pk_${each % 90}`);
        await Promise.all([
          site.ledger.settle(reservation, amount(each, 1, 1)),
          site.audit.append([aRecord(`r${each}`, { reason, principal: 'p'.repeat(100), model: 'm'.repeat(200) })]),
        ]);
      }
      let reports = 0;
      let entries = 0;
      let tokens = 0;
      for (let written = await site.reports.next(); written; written = await site.reports.next()) {
        expect(Buffer.byteLength(written.body)).toBeLessThan(262_144);
        const { audit, usage } = SiteReport.parse(JSON.parse(written.body));
        if (audit !== undefined) {
          expect(audit.first).toBe(entries + 1);
          entries += audit.lines.split('\n').length;
        }
        tokens += usage.reduce((sum, row) => sum + row.tokens, 0);
        reports += 1;
        await site.reports.taken(written.number);
      }
      expect(reports).toBeGreaterThan(2);
      expect(entries).toBe(300);
      expect(tokens).toBe((await site.ledger.usage('acme'))[0]!.month.tokens);
    });
  });
}
