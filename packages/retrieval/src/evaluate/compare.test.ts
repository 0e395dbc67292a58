import fc from 'fast-check';
import type { EvaluationResult } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { compareEvaluations, comparePairs } from './compare.ts';
import { seededRandom } from './seeded-random.ts';

const result = (values: Record<string, number>): EvaluationResult => ({
  object: 'evaluation',
  config: { k: 10, answers: false },
  counts: { questions: Object.keys(values).length, answerable: 0, unanswerable: 0, skipped: 0, failed: 0 },
  totals: {},
  questions: Object.entries(values).map(([id, value]) => ({
    id,
    state: 'done',
    metrics: { 'ndcg@10': value },
    documents: [],
  })),
});

describe('a paired comparison', () => {
  it('counts wins and losses, and pairs by question and not by place', () => {
    const [one] = compareEvaluations(result({ a: 0.5, b: 0.5, c: 0.5 }), result({ c: 0.5, b: 0.25, a: 1 }));
    expect(one).toMatchObject({ metric: 'ndcg@10', pairs: 3, higher: 1, lower: 1, equal: 1 });
    expect(one!.difference).toBeCloseTo(0.25 / 3, 12);
  });

  it('finds no difference between a run and itself', () => {
    const one = comparePairs(
      'mrr',
      [0.1, 0.9, 0.4].map((value) => [value, value] as const),
    );
    expect(one).toMatchObject({ difference: 0, low: 0, high: 0, pValue: 1 });
  });

  it('is the same every time, and turns around when the sides change places', () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 20 }), (pairs) => {
        const there = comparePairs('m', pairs);
        expect(comparePairs('m', pairs)).toEqual(there);
        const back = comparePairs(
          'm',
          pairs.map(([old, value]) => [value, old] as const),
        );
        expect(back.difference).toBeCloseTo(-there.difference, 9);
        expect([back.higher, back.lower]).toEqual([there.lower, there.higher]);
        expect(back.pValue).toBeCloseTo(there.pValue, 9);
        expect(there.low).toBeLessThanOrEqual(there.high);
      }),
      { numRuns: 20 },
    );
  });

  it('holds a clear gain to be one, and noise not', () => {
    const random = seededRandom(7);
    const gain = comparePairs(
      'm',
      Array.from({ length: 200 }, () => [random(), random() + 0.3] as const),
    );
    expect(gain.low).toBeGreaterThan(0);
    expect(gain.pValue).toBeLessThan(0.01);
    const noise = comparePairs(
      'm',
      Array.from({ length: 200 }, () => [random(), random()] as const),
    );
    expect(noise.low).toBeLessThan(0);
    expect(noise.high).toBeGreaterThan(0);
  });

  it('has intervals that hold the truth about as often as they say', () => {
    const random = seededRandom(11);
    let held = 0;
    for (let round = 0; round < 60; round++) {
      const { low, high } = comparePairs(
        'm',
        Array.from({ length: 60 }, () => [0, random() - 0.4] as const),
        round,
      );
      if (low <= 0.1 && 0.1 <= high) held++;
    }
    expect(held).toBeGreaterThanOrEqual(51);
  });

  it('refuses runs of different questions', () => {
    expect(() => compareEvaluations(result({ a: 1 }), result({ b: 1 }))).toThrow('different questions');
  });
});
