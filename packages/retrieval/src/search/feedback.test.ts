import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuseWithFeedback, moveVector } from './feedback.ts';
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
    vectorsOf: async (ids) => {
      asked.push(['vectorsOf', ids]);
      return new Map(ids.map((id) => [id, Float32Array.of(0, 1)]));
    },
    cosinesOf: async (ids, vector) => {
      asked.push(['cosinesOf', ids, [...vector].map((value) => Number(value.toFixed(3)))]);
      return new Map(ids.map((id) => [id, id === 'd' ? 0.9 : 0.1]));
    },
    lexicalFeedback: async (best, pool) => {
      asked.push(['lexicalFeedback', best, pool]);
      return hits(['d', 'a']);
    },
    nearest: () => Promise.reject(new Error('not asked for')),
    ...more,
  };
}

describe('fusion with feedback', () => {
  it('judges the candidates of the first round again, by the best of them', async () => {
    const given = candidates({});
    const fused = await fuseWithFeedback(given);
    const first = ['b', 'a', 'd', 'c'];
    expect(given.asked).toEqual([
      ['vectorsOf', first],
      ['lexicalFeedback', first, first],
      ['cosinesOf', first, [0.707, 0.707]],
    ]);
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
          lexicalFeedback: async () => hits(again),
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

describe('a vector that is moved', () => {
  const unit = fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
    .filter((values) => Math.hypot(...values) > 0.1)
    .map((values) => Float32Array.from(values, (value) => value / Math.hypot(...values)));
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

  it('stays of unit length and comes no farther from a single best one', () => {
    fc.assert(
      fc.property(unit, unit, (question, best) => {
        fc.pre(dot(question, best) > -0.99);
        const moved = moveVector(question, [best]);
        expect(Math.hypot(...moved)).toBeCloseTo(1, 5);
        expect(dot(moved, best)).toBeGreaterThanOrEqual(dot(question, best) - 1e-5);
      }),
    );
  });

  it('stays where it is without any, and trusts the first most', () => {
    const question = Float32Array.of(0, 0, 1);
    expect(moveVector(question, [])).toBe(question);
    expect(moveVector(question, [undefined])).toBe(question);
    const moved = moveVector(question, [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0)]);
    expect(moved[0]! / moved[1]!).toBeCloseTo(2, 5);
  });
});
