import { OfflinePolicy } from '@plinth/contracts';
import type { BundleStatus, LinkState } from '@plinth/edge';
import { describe, expect, it } from 'vitest';
import { linkAsAllowed, Standing, stoppedError } from './standing.ts';

const HOUR = 3_600_000;
const active = { sequence: 1, issuedAt: 0, notAfter: 0, activatedAt: 0 };
const status = (changes: Partial<BundleStatus> = {}): BundleStatus => ({
  active,
  proven: true,
  rejected: [],
  unconfirmedMs: 0,
  expired: false,
  ...changes,
});
const standing = (of: BundleStatus, whenStale: OfflinePolicy['whenStale'] = 'local-only') =>
  new Standing(
    () => of,
    () => OfflinePolicy.parse({ staleHours: 2, whenStale }),
  );

describe('a site', () => {
  it.each([
    ['serving', status({ unconfirmedMs: 2 * HOUR }), 'stop'],
    ['restricted', status({ unconfirmedMs: 2 * HOUR + 1 }), 'local-only'],
    ['stopped', status({ unconfirmedMs: 2 * HOUR + 1 }), 'stop'],
    ['restricted', status({ expired: true }), 'local-only'],
    ['stopped', status({ active: undefined }), 'local-only'],
  ] as const)('is %s by %j and the policy "%s"', (mode, of, whenStale) =>
    expect(standing(of, whenStale).mode).toBe(mode),
  );

  it('that is stopped says why, and when to come again', () => {
    expect(stoppedError(status({ active: undefined })).message).toMatch(/no bundle/);
    expect(stoppedError(status())).toMatchObject({ code: 'site_offline', retryAfterSeconds: 60 });
  });
});

describe('the link of a restricted site', () => {
  it('is down whatever it is, and up with it again', async () => {
    let stale = true;
    const link: LinkState = { up: true, whenUp: () => Promise.resolve() };
    const of = {
      get mode() {
        return stale ? ('restricted' as const) : ('serving' as const);
      },
    };
    let waits = 0;
    const allowed = linkAsAllowed(link, of, {
      now: () => 0,
      wait: async () => {
        waits += 1;
        stale = waits < 3;
      },
    });
    expect(allowed.up).toBe(false);
    await allowed.whenUp(new AbortController().signal);
    expect({ waits, up: allowed.up }).toEqual({ waits: 3, up: true });
  });

  it('is not waited for any more once nobody wants to', async () => {
    const leave = new AbortController();
    const link: LinkState = { up: true, whenUp: () => Promise.resolve() };
    const wait = async () => leave.abort();
    await linkAsAllowed(link, { mode: 'restricted' }, { now: () => 0, wait }).whenUp(leave.signal);
  });
});
