import type { Placing } from '../ports/retriever.ts';

/** A passage that one side of the search found. */
export interface Hit {
  readonly passageId: string;
  /** Lexical: BM25, from 0 up. Dense: the cosine, -1 to 1. Higher is better. */
  readonly score: number;
}

/** What the second round says of a candidate. */
export interface Judgement {
  readonly passageId: string;
  /** BM25 for the question as the words of the best passages widen it; absent where it has none of them. */
  readonly words?: number;
  /** The cosine to the question. */
  readonly question: number;
  /** The sum of the cosines to the best passages, of which the one in place n counts 1/n. */
  readonly best: number;
}

/** What a fusion has to go by. `judgeAgain` asks the database, under the reader's own rights. */
export interface Candidates {
  readonly question: string;
  /** Of unit length; absent where the search is lexical. */
  readonly questionVector: Float32Array | undefined;
  /** Best first; empty where that side was not asked. */
  readonly lexical: readonly Hit[];
  readonly dense: readonly Hit[];
  /** Those of `pool` that may be read, in no order. `best` come best first, and are of `pool`. */
  judgeAgain(best: readonly string[], pool: readonly string[]): Promise<readonly Judgement[]>;
}

/** A candidate in its place. */
export interface FusedHit {
  readonly passageId: string;
  readonly lexical?: Placing;
  readonly dense?: Placing;
  readonly fused: Placing;
}

/** Both sides into one list, best first. */
export type Fusion = (candidates: Candidates) => Promise<readonly FusedHit[]>;

/** Cormack, Clarke and Büttcher 2009 (doi.org/10.1145/1571941.1572114): the constant that keeps a first place from outweighing everything. */
const RANK_CONSTANT = 60;

/** Reciprocal rank fusion: the sum of 1 / (60 + rank) over the sides that found it. Equal scores stay in the order of their ids. */
export const fuse: Fusion = ({ lexical, dense }) => Promise.resolve(reciprocalRankFusion(lexical, dense));

export function reciprocalRankFusion(lexical: readonly Hit[], dense: readonly Hit[]): readonly FusedHit[] {
  const sides = { lexical: placings(lexical), dense: placings(dense) };
  const ids = new Set([...sides.lexical.keys(), ...sides.dense.keys()]);
  const scored = [...ids].map((passageId) => {
    const found = { lexical: sides.lexical.get(passageId), dense: sides.dense.get(passageId) };
    const score = [found.lexical, found.dense].reduce(
      (sum, one) => sum + (one ? 1 / (RANK_CONSTANT + one.rank) : 0),
      0,
    );
    return { passageId, found, score };
  });
  scored.sort((a, b) => b.score - a.score || (a.passageId < b.passageId ? -1 : 1));
  return scored.map(({ passageId, found, score }, index) => ({
    passageId,
    ...(found.lexical && { lexical: found.lexical }),
    ...(found.dense && { dense: found.dense }),
    fused: { rank: index + 1, score },
  }));
}

function placings(hits: readonly Hit[]): ReadonlyMap<string, Placing> {
  return new Map(hits.map(({ passageId, score }, index) => [passageId, { rank: index + 1, score }]));
}
