import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuseWithFeedback, nearestToMoved } from './feedback.ts';
import type { Candidates, Hit } from './fuse.ts';
import { reciprocalRankFusion } from './fuse.ts';

const hits = (ids: readonly string[]): Hit[] => ids.map((passageId, index) => ({ passageId, score: 100 - index }));

function candidates(more: Partial<Candidates>): Candidates & { asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    question: 'q',
    questionVector: Float32Array.of(1, 0),
    lexical: hits(['a', 'b', 'c']),
    dense: hits(['b', 'd']),
    judgeAgain: async (best, pool) => {
      asked.push([best, pool]);
      const words: Record<string, number> = { a: 1, d: 2 };
      return pool.map((passageId) => ({
        passageId,
        ...(words[passageId] !== undefined && { words: words[passageId] }),
        question: 0,
        best: passageId === 'd' ? 0.9 : 0.1,
      }));
    },
    ...more,
  };
}

describe('fusion with feedback', () => {
  it('judges the candidates of the first round again, by the best of them', async () => {
    const given = candidates({});
    const fused = await fuseWithFeedback(given);
    const first = ['b', 'a', 'd', 'c'];
    expect(given.asked).toEqual([[first, first]]);
    expect(fused.map(({ passageId }) => passageId)[0]).toBe('d');
    // Placings are those it was found by, for the explanation.
    expect(fused[0]).toMatchObject({ dense: { rank: 2, score: 99 }, fused: { rank: 1 } });
    expect(fused[0]).not.toHaveProperty('lexical');
  });

  it('loses nothing, invents nothing, and ranks from one on', async () => {
    const ids = fc.uniqueArray(fc.constantFrom(...'abcdefghijkl'), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(ids, ids, ids, async (lexical, dense, again) => {
        const given = candidates({
          lexical: hits(lexical),
          dense: hits(dense),
          judgeAgain: async () => again.map((passageId, n) => ({ passageId, words: n, question: n, best: n })),
        });
        const fused = await fuseWithFeedback(given);
        const found = fused.map(({ passageId }) => passageId);
        expect([...found].sort()).toEqual([...new Set([...lexical, ...dense])].sort());
        expect(fused.map(({ fused: { rank } }) => rank)).toEqual(found.map((_, index) => index + 1));
        const scores = fused.map(({ fused: { score } }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
      }),
    );
  });

  it.each([
    ['of words alone', { questionVector: undefined, dense: [] }],
    ['in which only one side found anything', { lexical: [] }],
  ])('leaves a search %s as it is', async (_, more) => {
    const given = candidates(more);
    expect(await fuseWithFeedback(given)).toEqual(reciprocalRankFusion(given.lexical, given.dense));
    expect(given.asked).toEqual([]);
  });
});

describe('nearness to a question that was moved', () => {
  const unit = fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
    .filter((values) => Math.hypot(...values) > 0.1)
    .map((values) => values.map((value) => value / Math.hypot(...values)));
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

  /** As the database gives it. */
  function judged(question: readonly number[], pool: readonly (readonly number[])[], best: number) {
    const toBest = (vector: readonly number[]) =>
      pool.slice(0, best).reduce((sum, one, index) => sum + dot(vector, one) / (index + 1), 0);
    return pool.map((vector, n) => ({ passageId: `p${n}`, question: dot(vector, question), best: toBest(vector) }));
  }

  it('is the cosine to half the question and half the mean of the best, of which the first counts most', () => {
    fc.assert(
      fc.property(unit, fc.array(unit, { minLength: 3, maxLength: 8 }), (question, pool) => {
        const mean = question.map((_, i) => pool[0]![i]! + pool[1]![i]! / 2 + pool[2]![i]! / 3);
        fc.pre(Math.hypot(...mean) > 0.01);
        const moved = question.map((value, i) => (value + mean[i]! / Math.hypot(...mean)) / 2);
        const near = nearestToMoved(['p0', 'p1', 'p2'], judged(question, pool, 3));
        for (const { passageId, score } of near)
          expect(score).toBeCloseTo(dot(pool[Number(passageId.slice(1))]!, moved), 5);
        expect(near.map(({ score }) => score)).toEqual(near.map(({ score }) => score).sort((a, b) => b - a));
      }),
    );
  });

  it('is nearness to the question alone where there is nothing to move it to', () => {
    const given = judged(
      [1, 0],
      [
        [0, 1],
        [1, 0],
      ],
      0,
    );
    expect(nearestToMoved([], given).map(({ passageId }) => passageId)).toEqual(['p1', 'p0']);
    expect(nearestToMoved(['gone'], given)).toEqual(nearestToMoved([], given));
  });
});
