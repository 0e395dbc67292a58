import { randomUUID } from 'node:crypto';
import type { ReportedUsage, SiteReport } from '@plinth/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAIN_START } from '../audit/chain-hash.ts';
import { buildSegment, type ChainHead } from '../audit/segment.ts';
import { dayOf, monthOfTime } from '../ledger/periods.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { SiteIntake } from '../site/site-intake.ts';
import { fresh, MIDDAY } from './ledger-harness.ts';

export interface SiteIntakeHarness {
  readonly intake: SiteIntake;
  /** Another opener of the same data, as another invocation is. */
  another(): SiteIntake;
  /** Where the chains of sites stand. */
  readonly audit: AuditLog;
  close(): Promise<void>;
}

const DAY = dayOf(MIDDAY);
const MONTH = monthOfTime(MIDDAY);
const usageOf = (tenant: string, tokens: number, more: Partial<ReportedUsage> = {}): ReportedUsage => ({
  tenant,
  key: 'pk_1',
  day: DAY,
  requests: 1,
  tokens,
  nanoUsd: 2 * tokens,
  ...more,
});

/** Writes reports as a site does. */
class Telling {
  readonly journal = randomUUID();
  readonly tenant = fresh('t');
  #head: ChainHead = { sequence: 0, hash: CHAIN_START };
  #number = 0;

  next(records: readonly object[] = [{ at: 1 }, { at: 2 }], usage = [usageOf(this.tenant, 5)]): SiteReport {
    const bodies = records.map((record) => JSON.stringify(record));
    const { first, lines, head } = buildSegment(this.journal, this.#head, bodies);
    this.#head = head;
    this.#number += 1;
    const audit = bodies.length > 0 ? { audit: { first, lines } } : {};
    return { version: 1, journal: this.journal, number: this.#number, ...audit, usage };
  }
}

/** What the centre must do with reports of sites. */
export function siteIntakeContract(name: string, open: () => Promise<SiteIntakeHarness>): void {
  describe(`${name} as an intake of reports`, () => {
    let centre: SiteIntakeHarness;
    beforeAll(async () => {
      centre = await open();
    });
    afterAll(async () => centre.close());

    const take = async (report: SiteReport, site = 'plant') => (await centre.intake.take(site, report)).kind;
    const tokensOf = async (tenant: string) => (await centre.intake.usage('plant', tenant, MONTH)).month.tokens;
    const chainOf = async (journal: string) => {
      const entries: string[] = [];
      for await (const { hash, body } of centre.audit.read({ chain: journal })) entries.push(`${hash} ${body}`);
      return entries.join('\n');
    };

    it('takes reports in order, each once, and keeps the chain of the site as its own', async () => {
      const site = new Telling();
      const reports = [site.next(), site.next([]), site.next([{ at: 3 }])];
      for (const report of reports) {
        expect(await take(report)).toBe('taken');
        expect(await take(report)).toBe('known');
      }
      expect(await take(reports[0]!)).toBe('known');
      expect(await chainOf(site.journal)).toBe(reports.flatMap(({ audit }) => audit?.lines ?? []).join('\n'));
      expect(await tokensOf(site.tenant)).toBe(15);
      expect(await centre.audit.verify()).toMatchObject({ ok: true });
    });

    it('takes nothing before its turn', async () => {
      const site = new Telling();
      const [first, second, third] = [site.next(), site.next(), site.next()];
      expect(await centre.intake.take('plant', third)).toEqual({ kind: 'early', missing: 1 });
      expect(await take(first)).toBe('taken');
      expect(await centre.intake.take('plant', third)).toEqual({ kind: 'early', missing: 2 });
      expect([await take(second), await take(third)]).toEqual(['taken', 'taken']);
      expect(await tokensOf(site.tenant)).toBe(15);
    });

    it('counts a report once, whoever takes it at the same time', async () => {
      const site = new Telling();
      const reports = Array.from({ length: 6 }, () => site.next());
      const takers = Array.from({ length: 4 }, () => centre.another());
      const kinds: string[] = [];
      const run = async (taker: SiteIntake) => {
        for (const report of reports) {
          const { kind } = await taker.take('plant', report);
          kinds.push(kind);
        }
      };
      await Promise.all(takers.map(run));
      expect(kinds.filter((kind) => kind === 'taken')).toHaveLength(6);
      expect(kinds.filter((kind) => kind === 'known')).toHaveLength(18);
      expect(await tokensOf(site.tenant)).toBe(30);
      expect(await centre.audit.verify()).toMatchObject({ ok: true });
    });

    it('takes each report once, in whatever order and how often they come', async () => {
      const arrivals = fc.array(fc.nat(4), { minLength: 5, maxLength: 30 });
      await fc.assert(
        fc.asyncProperty(arrivals, async (order) => {
          const site = new Telling();
          const reports = Array.from({ length: 5 }, () => site.next());
          const takers = [centre.intake, centre.another()];
          const taken = Array.from(reports, () => 0);
          let next = 0;
          // What did not come of itself is sent until it is taken.
          for (const [step, number] of [...order, ...reports.keys()].entries()) {
            const answers = await Promise.all(
              takers.slice(step % 2).map((taker) => taker.take('plant', reports[number]!)),
            );
            const kinds = answers.map(({ kind }) => kind);
            if (number > next) expect(new Set(kinds)).toEqual(new Set(['early']));
            taken[number]! += kinds.filter((kind) => kind === 'taken').length;
            if (number === next) next += 1;
          }
          expect(taken).toEqual([1, 1, 1, 1, 1]);
          expect(await tokensOf(site.tenant)).toBe(25);
        }),
        { numRuns: 15 },
      );
    });

    it('tells months, days and keys apart, and sites', async () => {
      const site = new Telling();
      const { tenant } = site;
      const before = DAY - 40;
      const rows = [
        usageOf(tenant, 1),
        usageOf(tenant, 2, { key: '' }),
        usageOf(tenant, 4, { day: DAY - 1, key: 'user:ann.r' }),
        usageOf(tenant, 8, { day: before, requests: 3 }),
      ];
      await take(site.next([], rows));
      const usage = (requests: number, tokens: number) => ({ requests, tokens, nanoUsd: 2 * tokens });
      expect(await centre.intake.usage('plant', tenant, MONTH)).toEqual({
        month: usage(3, 7),
        days: new Map([
          [DAY, usage(2, 3)],
          [DAY - 1, usage(1, 4)],
        ]),
        keys: new Map([
          ['pk_1', usage(1, 1)],
          ['user:ann.r', usage(1, 4)],
        ]),
      });
      expect((await centre.intake.usage('plant', tenant, monthOfTime(before * 86_400_000))).month).toEqual(usage(3, 8));
      expect((await centre.intake.usage('branch', tenant, MONTH)).month).toEqual(usage(0, 0));
    });

    it('takes as many rows at once as a report may have', async () => {
      const site = new Telling();
      const rows = Array.from({ length: 40 }, (_, each) =>
        usageOf(site.tenant, each, { key: `user:${each}.${'k'.repeat(110)}`, day: DAY - (each % 14) }),
      );
      expect(await take(site.next([], rows))).toBe('taken');
      const { month, keys } = await centre.intake.usage('plant', site.tenant, MONTH);
      expect([month.tokens, keys.size]).toEqual([780, 40]);
    });

    it.each<[string, (report: SiteReport) => SiteReport]>([
      ['a record was changed', (report) => changed(report, (lines) => lines.replace('"at":2', '"at":3'))],
      ['a record was left out', (report) => changed(report, (lines) => lines.split('\n').slice(1).join('\n'))],
      ['records before it are missing', (report) => ({ ...report, audit: { ...report.audit!, first: 9 } })],
      ['records are told again', (report) => ({ ...report, audit: { ...report.audit!, first: 1 } })],
    ])('refuses a report of which %s, and nothing is changed', async (_what, forge) => {
      const site = new Telling();
      await take(site.next());
      const report = site.next();
      const answer = await centre.intake.take('plant', forge(report));
      expect(answer.kind).toBe('refused');
      expect(await tokensOf(site.tenant)).toBe(5);
      expect(await centre.audit.verify()).toMatchObject({ ok: true });
      expect(await take(report)).toBe('taken');
    });

    it('refuses a site that was copied: its reports bear numbers that were taken with other entries', async () => {
      const site = new Telling();
      await take(site.next());
      const told = site.next();
      const copy = { ...told, ...forked(told) };
      await take(told);
      expect(await centre.intake.take('plant', copy)).toEqual({ kind: 'refused', why: expect.stringMatching(/forks/) });
      await take(site.next());
      expect(await centre.intake.take('plant', copy)).toEqual({ kind: 'refused', why: expect.stringMatching(/forks/) });
    });

    it("refuses a report on another site's chain", async () => {
      const site = new Telling();
      await take(site.next());
      expect(await centre.intake.take('branch', site.next())).toEqual({
        kind: 'refused',
        why: expect.stringMatching(/somebody else/),
      });
    });

    it('keeps the latest state of each site', async () => {
      const [one, other] = [fresh('plant'), fresh('branch')];
      const [a, b] = [new Telling(), new Telling()];
      const state = (at: number) => ({ at, mode: 'serving' as const, outbox: { items: at, oldestSeconds: 0 } });
      await take({ ...a.next(), state: state(5) }, one);
      await take({ ...b.next(), state: state(7) }, other);
      await take({ ...a.next(), state: state(4) }, one);
      const sites = (await centre.intake.sites()).filter(({ site }) => [one, other].includes(site));
      expect(sites).toEqual([
        { site: other, state: state(7) },
        { site: one, state: state(5) },
      ]);
    });
  });
}

function changed(report: SiteReport, change: (lines: string) => string): SiteReport {
  return { ...report, audit: { ...report.audit!, lines: change(report.audit!.lines) } };
}

/** Other entries that follow the same ones: what a copy of the site would tell. */
function forked({ journal, audit }: SiteReport): Pick<SiteReport, 'audit'> {
  const head = { sequence: audit!.first - 1, hash: CHAIN_START };
  const { first, lines } = buildSegment(journal, head, ['{"at":77}']);
  return { audit: { first, lines } };
}
