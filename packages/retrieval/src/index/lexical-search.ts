import type { Row, Sql } from '../ports/database.ts';
import type { Hit } from '../search/fuse.ts';

/** Passages that are scored, taken from the rarest words on: what bounds the time of a search whatever the size of the index. */
const BUDGET = 600;

/** BM25 of a question, best first (migration 0009). */
export async function lexicalHits(
  sql: Sql,
  question: string,
  options: { readonly wanted: number; readonly filter: string | undefined },
): Promise<readonly Hit[]> {
  return hits(
    await sql.query('SELECT passage_id, score FROM plinth.lexical($1, $2, $3, $4::jsonb)', [
      question,
      options.wanted,
      BUDGET,
      options.filter ?? null,
    ]),
  );
}

export function hits(rows: readonly Row[]): readonly Hit[] {
  return rows.map((row) => ({ passageId: String(row['passage_id']), score: Number(row['score']) }));
}
