/**
 * Measures of a ranking of documents against judgements: how good each is, 0 for one that nobody judged. A document counts once, at its first
 * place: a second passage of it is not a second find. Each is in [0, 1].
 */
export type Grades = ReadonlyMap<string, number>;

/** Each document once, in the order of its best passage. */
export function documentsOf(passages: readonly { readonly documentId: string }[]): string[] {
  return [...new Set(passages.map(({ documentId }) => documentId))];
}

/** Whether any document answers the question; where none does, the measures below say nothing. */
export function answerable(grades: Grades): boolean {
  return [...grades.values()].some((grade) => grade > 0);
}

/**
 * Normalised discounted cumulative gain of the first k, gains 2^grade − 1 (Burges et al., Learning to Rank using Gradient Descent, 2005;
 * Järvelin and Kekäläinen 2002 discount by log2 of rank + 1).
 */
export function ndcg(ranked: readonly string[], grades: Grades, k: number): number {
  const ideal = [...grades.values()].filter((grade) => grade > 0).sort((a, b) => b - a);
  const best = discounted(ideal.slice(0, k));
  return best === 0 ? 0 : discounted(first(ranked, k).map((id) => grades.get(id) ?? 0)) / best;
}

/** Share of the relevant documents among the first k. */
export function recall(ranked: readonly string[], grades: Grades, k: number): number {
  const all = [...grades.values()].filter((grade) => grade > 0).length;
  return all === 0 ? 0 : hits(ranked, grades, k) / all;
}

/** Share of the first k that is relevant; places left empty count as misses. */
export function precision(ranked: readonly string[], grades: Grades, k: number): number {
  return hits(ranked, grades, k) / k;
}

/** 1 / rank of the first relevant document; 0 where none was found. */
export function reciprocalRank(ranked: readonly string[], grades: Grades): number {
  const at = first(ranked, Infinity).findIndex((id) => (grades.get(id) ?? 0) > 0);
  return at === -1 ? 0 : 1 / (at + 1);
}

function first(ranked: readonly string[], k: number): string[] {
  return [...new Set(ranked)].slice(0, k);
}

function hits(ranked: readonly string[], grades: Grades, k: number): number {
  return first(ranked, k).filter((id) => (grades.get(id) ?? 0) > 0).length;
}

function discounted(grades: readonly number[]): number {
  return grades.reduce((sum, grade, index) => sum + (2 ** grade - 1) / Math.log2(index + 2), 0);
}
