import type { Row, Sql } from '../ports/database.ts';
import type { Judgement } from '../search/fuse.ts';
import { vectorText } from './values.ts';

/**
 * The second round of a search (`search/feedback.ts`) in one statement: BM25 for the widened question (migration 0010), and how near each passage is to the
 * question and to the best ones, computed where the vectors are. @param table Of the space, from `vectorTable`.
 */
export async function judgeAgain(
  sql: Sql,
  table: string,
  question: { readonly text: string; readonly vector: Float32Array },
  best: readonly string[],
  pool: readonly string[],
): Promise<readonly Judgement[]> {
  const rows = await sql.query<Row & { words: number | null; question: number; best: number | null }>(
    `WITH best AS MATERIALIZED (
       SELECT u.place, b.embedding FROM unnest($3::bigint[]) WITH ORDINALITY AS u(id, place) JOIN ${table} b ON b.passage_id = u.id
     )
     SELECT v.passage_id, f.score AS words, -(v.embedding <#> $2::vector) AS question,
            (SELECT -sum((v.embedding <#> b.embedding) / b.place) FROM best b) AS best
     FROM ${table} v LEFT JOIN plinth.lexical_feedback($1, $3::bigint[], $4::bigint[]) f ON f.passage_id = v.passage_id
     WHERE v.passage_id = ANY($4::bigint[])`,
    [question.text, vectorText(question.vector), [...best], [...pool]],
  );
  return rows.map(({ passage_id, words, question: cosine, best: near }) => ({
    passageId: String(passage_id),
    ...(words !== null && { words }),
    question: cosine,
    best: near ?? 0,
  }));
}
