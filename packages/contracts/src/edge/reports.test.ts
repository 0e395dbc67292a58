import { describe, expect, it } from 'vitest';
import { SiteReport } from './reports.ts';

const HASH = 'a'.repeat(64);
const REPORT = {
  version: 1,
  journal: '0f8fad5b-d9cb-469f-a165-70867728950e',
  number: 1,
  audit: { first: 1, lines: `${HASH} {"at":1}\n${HASH} {"at":2}` },
  usage: [{ tenant: 'acme', key: '', day: 20_000, requests: 1, tokens: 5, nanoUsd: 9 }],
  state: { at: 1, mode: 'serving', outbox: { items: 0, oldestSeconds: 0 } },
};

describe('a report', () => {
  it('is taken as sites write it, with and without what may be absent', () => {
    expect(SiteReport.parse(REPORT)).toEqual(REPORT);
    const { audit: _audit, state: _state, ...bare } = REPORT;
    expect(SiteReport.parse({ ...bare, usage: [] })).toEqual({ ...bare, usage: [] });
  });

  it.each<[string, object]>([
    ['of another version', { version: 2 }],
    ['under a name that no chain of a site has', { journal: 'deadbeef' }],
    ['with the number 0', { number: 0 }],
    ['with lines that are not hash and record', { audit: { first: 1, lines: `${HASH} {"at":1}\n\n${HASH} {}` } }],
    ['with fewer than no requests', { usage: [{ ...REPORT.usage[0], requests: -1 }] }],
    ['that names its own site', { site: 'plant' }],
  ])('is refused %s', (_what, change) => {
    expect(SiteReport.safeParse({ ...REPORT, ...change }).success).toBe(false);
  });
});
