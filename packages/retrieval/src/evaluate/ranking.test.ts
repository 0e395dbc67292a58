import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerable, documentsOf, ndcg, precision, recall, reciprocalRank } from './ranking.ts';

const grades = fc
  .dictionary(fc.constantFrom(...'abcdefghij'), fc.nat(4), { minKeys: 1 })
  .map((record) => new Map(Object.entries(record)));
const ranking = fc.array(fc.constantFrom(...'abcdefghijklmnop'), { maxLength: 20 });
const depth = fc.integer({ min: 1, max: 15 });

describe('nDCG', () => {
  it('is what the formula gives', () => {
    // Gains 7, 0, 1 at ranks 1, 2, 3; the ideal is 7, 3, 1.
    const judged = new Map([
      ['a', 3],
      ['b', 2],
      ['c', 1],
    ]);
    const expected = (7 / 1 + 1 / 2) / (7 / 1 + 3 / Math.log2(3) + 1 / 2);
    expect(ndcg(['a', 'x', 'c'], judged, 10)).toBeCloseTo(expected, 12);
  });

  it('is 1 for the best order, and for no other when all grades differ', () => {
    const judged = new Map([...'abcd'].map((id, index) => [id, index + 1]));
    fc.assert(
      fc.property(fc.shuffledSubarray([...'abcd'], { minLength: 4 }), (order) => {
        const value = ndcg(order, judged, 4);
        if (order.join('') === 'dcba') expect(value).toBeCloseTo(1, 12);
        else expect(value).toBeLessThan(1 - 1e-9);
      }),
    );
  });

  it('never falls when a better document moves up', () => {
    fc.assert(
      fc.property(
        grades,
        fc.uniqueArray(fc.constantFrom(...'abcdefghijkl'), { minLength: 2 }),
        depth,
        (judged, ids, k) => {
          for (let i = 1; i < ids.length; i++) {
            const [above, below] = [ids[i - 1]!, ids[i]!];
            if ((judged.get(below) ?? 0) < (judged.get(above) ?? 0)) continue;
            const better = ids.with(i - 1, below).with(i, above);
            expect(ndcg(better, judged, k)).toBeGreaterThanOrEqual(ndcg(ids, judged, k) - 1e-12);
          }
        },
      ),
    );
  });
});

describe('every measure of a ranking', () => {
  it('stays within 0 and 1 and counts a document once', () => {
    fc.assert(
      fc.property(ranking, grades, depth, (ranked, judged, k) => {
        const once = [...new Set(ranked)];
        for (const measure of [
          ndcg,
          recall,
          precision,
          (r: readonly string[], g: typeof judged) => reciprocalRank(r, g),
        ]) {
          const value = measure(ranked, judged, k);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
          expect(value).toBe(measure(once, judged, k));
        }
      }),
    );
  });

  it('is 0 where nothing relevant was found', () => {
    const judged = new Map([['a', 1]]);
    for (const measure of [ndcg, recall, precision]) expect(measure(['x', 'y'], judged, 10)).toBe(0);
    expect(reciprocalRank(['x', 'y'], judged)).toBe(0);
  });

  it('of recall grows with k, and reaches 1 when all are found', () => {
    fc.assert(
      fc.property(ranking, grades, depth, (ranked, judged, k) => {
        expect(recall(ranked, judged, k)).toBeLessThanOrEqual(recall(ranked, judged, k + 1));
        if (answerable(judged)) expect(recall([...judged.keys()], judged, judged.size)).toBe(1);
      }),
    );
  });

  it('knows counted values', () => {
    const judged = new Map([
      ['a', 2],
      ['b', 1],
      ['z', 0],
    ]);
    expect(recall(['z', 'a', 'x'], judged, 3)).toBe(0.5);
    expect(precision(['z', 'a', 'x'], judged, 4)).toBe(0.25);
    expect(reciprocalRank(['z', 'a', 'x'], judged)).toBe(0.5);
  });
});

describe('documents of passages', () => {
  it('come once each, in the order of their best passage', () => {
    expect(documentsOf(['b', 'a', 'b', 'c', 'a'].map((documentId) => ({ documentId })))).toEqual(['b', 'a', 'c']);
  });
});
