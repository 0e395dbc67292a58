import { PlatformError } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { ManualTimers } from '../testing/manual-timers.ts';
import { Outage } from './outage.ts';
import { backoff, kindOf } from './retry.ts';

const error = (code: PlatformError['code'], retryAfterSeconds?: number) =>
  new PlatformError(code, 'x', { retryAfterSeconds });

it.each([
  ['invalid_request', 'refused'],
  ['content_blocked', 'refused'],
  ['context_length_exceeded', 'refused'],
  ['overloaded', 'too_fast'],
  ['upstream_throttled', 'too_fast'],
  ['rate_limit_exceeded', 'too_fast'],
  ['storage_failed', 'store'],
  ['disk_full', 'store'],
  ['upstream_failed', 'failed'],
  ['upstream_timeout', 'failed'],
  ['request_timeout', 'failed'],
  ['upstream_rejected', 'failed'],
  ['internal', 'failed'],
] as const)('%s is %s', (code, kind) => {
  expect(kindOf(error(code))).toBe(kind);
});

describe('the wait before another try', () => {
  const rules = { firstWaitMs: 100, longestWaitMs: 1_000 };

  it('is any time up to twice the one before, and no longer than the longest', () => {
    const waits = [1, 2, 3, 4, 5, 60].map((failures) => backoff(failures, error('upstream_failed'), rules, () => 1));
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(backoff(4, error('upstream_failed'), rules, () => 0)).toBe(0);
  });

  it('is as long as the engine asks for', () => {
    expect(backoff(1, error('overloaded', 7), rules, () => 0)).toBe(7_000);
  });
});

describe('an engine that fails', () => {
  const { signal } = new AbortController();
  const settled = async (promise: Promise<void>) => {
    let done = false;
    void promise.then(() => (done = true));
    await new Promise((resolve) => setImmediate(resolve));
    return done;
  };

  it('is asked freely until so many failed in a row that it must be down, then now and then', async () => {
    const timers = new ManualTimers();
    const outage = new Outage(timers);
    for (let failures = 0; failures < 64; failures++) {
      expect(await settled(outage.turn(signal))).toBe(true);
      outage.failed();
    }
    expect(await settled(outage.turn(signal))).toBe(true);
    const [second, third] = [outage.turn(signal), outage.turn(signal)];
    expect(await settled(second)).toBe(false);
    timers.move(10_000);
    expect([await settled(second), await settled(third)]).toEqual([true, false]);
    outage.answered();
    expect(await settled(third)).toBe(true);
    expect(await settled(outage.turn(signal))).toBe(true);
  });

  it('keeps nobody waiting who is told to stop', async () => {
    const outage = new Outage(new ManualTimers());
    for (let failures = 0; failures < 64; failures++) outage.failed();
    await outage.turn(signal);
    const stop = new AbortController();
    const waiting = outage.turn(stop.signal);
    stop.abort();
    await waiting;
  });
});
