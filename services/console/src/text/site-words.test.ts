import { describe, expect, it } from 'vitest';
import {
  ageWords,
  breakerWords,
  bundleWords,
  confirmedWords,
  depthWords,
  itemWords,
  loadWords,
  refusalWords,
  siteAdvice,
  siteWords,
  waitWords,
} from './site-words.ts';

const HOUR = 3_600_000;
const link = (online: boolean) => ({ online, since: 0 });

describe('sites in words', () => {
  it('tell a site that goes on without its link from one that is restricted, and from one that is stopped', () => {
    const said = (mode: 'serving' | 'restricted' | 'stopped', online: boolean) =>
      siteWords({ mode, link: link(online) }).words;
    expect([said('serving', true), said('serving', false), said('restricted', true), said('stopped', true)]).toEqual([
      'In order',
      'On its own',
      'Its own models only',
      'Stopped',
    ]);
    expect(siteAdvice({ mode: 'stopped', bundle: undefined })).toMatch(/no bundle/);
    const bundle = {
      sequence: 1,
      issuedAt: 0,
      expiresAt: 1,
      activatedAt: 0,
      proven: true,
      unconfirmedMs: 0,
      stale: true,
    };
    expect(siteAdvice({ mode: 'stopped', bundle })).toMatch(/policy says to stop/);
    expect(siteAdvice({ mode: 'serving', bundle })).toBeUndefined();
  });

  it('tell how old a bundle is, whether it holds, and when the centre stood by it', () => {
    expect(ageWords({ issuedAt: 0, expiresAt: 48 * HOUR }, 2 * HOUR)).toBe('signed 2 h ago, holds for 1 d 22 h');
    expect(ageWords({ issuedAt: 0, expiresAt: HOUR }, 3 * HOUR)).toBe('signed 3 h ago, held until 2 h ago');
    expect(ageWords({ issuedAt: 100, expiresAt: HOUR }, 200)).toMatch(/^signed just now/);
    expect(confirmedWords({ unconfirmedMs: 5_000 })).toBe('heard of within the last minute');
    expect(confirmedWords({ unconfirmedMs: 5 * HOUR })).toBe('last heard of 5 h ago');
    expect([
      bundleWords({ proven: false, stale: false }).words,
      bundleWords({ proven: true, stale: true }).words,
    ]).toEqual(['On probation', 'Stale']);
  });

  it('have words for every refusal, and for one that is not known', () => {
    expect(refusalWords('tampered')).toMatch(/not what was signed/);
    expect(refusalWords('new-reason')).toBe('The last look for a bundle brought none.');
  });

  it('tell what waits, for how long, and what came of it', () => {
    expect(depthWords({ items: 0, oldestMs: 0 })).toBe('Nothing waits');
    expect(depthWords({ items: 1, oldestMs: 60_000 })).toBe('1 request waits, for 1 min');
    expect(depthWords({ items: 1_200, oldestMs: HOUR })).toBe('1,200 requests wait, the oldest for 1 h');
    expect(waitWords({ createdAt: 0, endedAt: undefined }, 5_000)).toBe('for 5 s');
    expect(waitWords({ createdAt: 0, endedAt: HOUR }, 9 * HOUR)).toBe('after 1 h');
    expect(itemWords({ status: 'completed' }).words).toBe('Delivered');
  });

  it('tell how full a place is, and whether it is in order', () => {
    expect(loadWords({ inFlight: 2, limit: 7.8 })).toBe('2 of 7 requests');
    expect(['closed', 'open', 'half-open'].map((breaker) => breakerWords({ breaker } as never).words)).toEqual([
      'In order',
      'Out of order',
      'On probation',
    ]);
  });
});
