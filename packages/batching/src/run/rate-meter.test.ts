import { expect, it } from 'vitest';
import { RateMeter } from './rate-meter.ts';

it('has nothing to tell before something has moved', () => {
  const meter = new RateMeter();
  expect(meter.rate()).toBeUndefined();
  meter.note(10, 1_000);
  expect(meter.rate()).toBeUndefined();
  meter.note(10, 9_000);
  expect([meter.rate(), meter.endOf(100)]).toEqual([0, undefined]);
});

it('tells the rate of the last minute and when the rest should be done, however often it is told', () => {
  const meter = new RateMeter();
  let done = 0;
  for (let at = 0; at < 600_000; at += 50) meter.note((done += 1), at);
  expect(meter.rate()).toBeCloseTo(20, 1);
  for (let at = 600_000; at <= 720_000; at += 500) meter.note((done += 1), at);
  expect(meter.rate()).toBeCloseTo(2, 1);
  expect(meter.endOf(done + 120)).toBeCloseTo(780_000, -3);
});
