import { describe, expect, it } from 'vitest';
import { ConcurrencyLimit } from './concurrency-limit.ts';

const SLO = 1_000;
const onTime = (limit: ConcurrencyLimit, times: number, full = true) => {
  for (let now = 0; now < times; now++) limit.firstToken(now, now, 50, 50, full);
};

describe('a limit of requests at once', () => {
  it('grows by one a round while a member is full and in time, up to its most', () => {
    const limit = new ConcurrencyLimit(4, 6, SLO);
    onTime(limit, 5);
    expect(limit.value).toBe(5);
    onTime(limit, 100);
    expect(limit.value).toBe(6);
  });

  it('does not grow where it is not used', () => {
    const limit = new ConcurrencyLimit(4, 6, SLO);
    onTime(limit, 100, false);
    expect(limit.value).toBe(4);
  });

  it('shrinks once, not for each that was under way, when a member says that it is full, and never under one', () => {
    const limit = new ConcurrencyLimit(8, 8, SLO);
    for (let n = 0; n < 5; n++) limit.overloaded(10, 0, 8);
    expect(limit.value).toBe(6);
    for (let now = 11; now < 40; now++) limit.overloaded(now, now, 0);
    expect(limit.value).toBe(1);
  });

  it('shrinks when first tokens come much later than predicted, or after the SLO', () => {
    const [late, slow] = [new ConcurrencyLimit(20, 20, SLO), new ConcurrencyLimit(20, 20, SLO)];
    for (let now = 0; now < 30; now++) late.firstToken(now, now, 900, 100, true);
    for (let now = 0; now < 30; now++) slow.firstToken(now, now, 1_500, 1_500, true);
    expect(late.value).toBeLessThan(20);
    expect(slow.value).toBeLessThan(20);
  });
});
