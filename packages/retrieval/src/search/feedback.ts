import type { FusedHit, Fusion } from './fuse.ts';
import { reciprocalRankFusion } from './fuse.ts';

/** Published defaults; none is fitted to a collection. */
const BEST = 5;
/** Rocchio's share of the question in the question that was moved. */
const QUESTION_SHARE = 0.5;
/** Candidates of the first round that are judged again. */
const POOL = 100;

/**
 * Two rounds. What reciprocal rank fusion puts first is taken for relevant, the first most of all, and every candidate is judged again by a question moved
 * towards it: in words by RM3 (migration 0006), in vectors by Rocchio (The SMART Retrieval System, 1971). Both new lists are fused as before. Candidates
 * stay those of the first round, so the cost does not grow with the index; each keeps the placings it was found by.
 */
export const fuseWithFeedback: Fusion = async (candidates) => {
  const first = reciprocalRankFusion(candidates.lexical, candidates.dense);
  const { questionVector, lexical, dense } = candidates;
  // One side alone was asked for, or the other found nothing: there is no second opinion to go by.
  if (questionVector === undefined || lexical.length === 0 || dense.length === 0) return first;
  const best = first.slice(0, BEST).map(({ passageId }) => passageId);
  const pool = first.slice(0, POOL).map(({ passageId }) => passageId);
  const vectors = await candidates.vectorsOf(best);
  const moved = moveVector(
    questionVector,
    best.map((id) => vectors.get(id)),
  );
  const [words, cosines] = await Promise.all([
    candidates.lexicalFeedback(best, pool),
    candidates.cosinesOf(pool, moved),
  ]);
  const nearest = [...cosines]
    .map(([passageId, score]) => ({ passageId, score }))
    .sort((a, b) => b.score - a.score || (a.passageId < b.passageId ? -1 : 1));
  return keepPlacings(first, reciprocalRankFusion(words, nearest));
};

/** What the second round left out stays behind what it kept, in the order of the first. */
function keepPlacings(first: readonly FusedHit[], second: readonly FusedHit[]): readonly FusedHit[] {
  const before = new Map(first.map((hit) => [hit.passageId, hit]));
  const again = second.flatMap(({ passageId, fused }) => {
    const hit = before.get(passageId);
    return hit === undefined ? [] : [{ hit, score: fused.score }];
  });
  const kept = new Set(again.map(({ hit }) => hit.passageId));
  const rest = first.filter(({ passageId }) => !kept.has(passageId)).map((hit) => ({ hit, score: 0 }));
  return [...again, ...rest].map(({ hit, score }, index) => ({ ...hit, fused: { rank: index + 1, score } }));
}

/**
 * The question's vector, moved to the mean of the best ones, of which the one in place n counts 1/n: how many are taken then hardly matters. All of unit
 * length, also the result. One that is missing is passed over.
 */
export function moveVector(question: Float32Array, best: readonly (Float32Array | undefined)[]): Float32Array {
  const mean = new Float64Array(question.length);
  for (const [index, vector] of best.entries())
    if (vector !== undefined) for (let i = 0; i < mean.length; i++) mean[i]! += vector[i]! / (index + 1);
  const length = Math.hypot(...mean);
  if (length === 0) return question;
  const moved = mean.map((value, i) => QUESTION_SHARE * question[i]! + ((1 - QUESTION_SHARE) * value) / length);
  const norm = Math.hypot(...moved) || 1;
  return Float32Array.from(moved, (value) => value / norm);
}
