import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSample, throughput } from './throughput.ts';
import type { Sample } from './throughput.ts';

const walk = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60_000 }), fc.nat(5_000)), { minLength: 3, maxLength: 200 })
  .map((steps) => {
    let [at, done] = [1_000, 0];
    return steps.map(([time, more]): Sample => {
      [at, done] = [at + time, done + more];
      return { at, done };
    });
  });

describe('how fast a batch was seen to go', () => {
  it('is as much in all as was done between the first and the last look', () => {
    fc.assert(
      fc.property(walk, (samples) => {
        const kept = samples.reduce<readonly Sample[]>(addSample, []);
        const { rates, span } = throughput(kept)!;
        const done = rates.reduce((sum, rate) => sum + rate, 0) * (span / rates.length / 1_000);
        expect(done).toBeCloseTo(kept.at(-1)!.done - kept[0]!.done, 3);
        expect(rates.every((rate) => rate >= 0)).toBe(true);
        expect(kept.length).toBeLessThanOrEqual(120);
      }),
    );
  });

  it('has no line from two looks, nor from looks at the same moment or backwards', () => {
    const samples = [
      { at: 1_000, done: 10 },
      { at: 1_000, done: 12 },
      { at: 2_000, done: 4 },
      { at: 3_000, done: 30 },
    ].reduce<readonly Sample[]>(addSample, []);
    expect(samples).toEqual([
      { at: 1_000, done: 10 },
      { at: 3_000, done: 30 },
    ]);
    expect(throughput(samples)).toBeUndefined();
    expect(throughput(addSample(samples, { at: 5_000, done: 30 }))).toEqual({ rates: [10, 0], span: 4_000 });
  });
});
