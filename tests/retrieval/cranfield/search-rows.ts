import { fuse, fuseWithFeedback, type Candidates, type Fusion, type Hit, type Sql } from '@plinth/retrieval';
import { READER, type OpenIndex } from './open-index.ts';

/** What is measured side by side. */
export const ROWS = [
  'lexical (BM25)',
  'dense (MiniLM)',
  'reciprocal rank fusion',
  'default: fusion with feedback',
] as const;
export type RowName = (typeof ROWS)[number];

const DEPTH = 100;
/** Passages that the lexical side scores: all of them, so that no row is of a cut. */
const BUDGET = 20_000;

/** Documents for a question, best first, by the functions and tables of the index, under a reader's own rights. */
export async function searchRow(
  row: RowName,
  { database }: OpenIndex,
  question: string,
  vector: Float32Array,
): Promise<string[]> {
  return database.transaction(READER, async (sql) => {
    const lexical = row.startsWith('dense') ? [] : await lexicalHits(sql, question);
    const dense = row.startsWith('lexical') ? [] : await nearest(sql, vector, DEPTH);
    const fusion: Fusion = row.startsWith('default') ? fuseWithFeedback : fuse;
    const fused = await fusion(candidates(sql, { question, questionVector: vector, lexical, dense }));
    return documentsOf(
      sql,
      fused.map(({ passageId }) => passageId),
    );
  });
}

function candidates(
  sql: Sql,
  found: Pick<Candidates, 'question' | 'questionVector' | 'lexical' | 'dense'>,
): Candidates {
  return {
    ...found,
    vectorsOf: async (ids) => {
      const rows = await sql.query<{ id: string; vector: string }>(
        'SELECT passage_id AS id, embedding::text AS vector FROM plinth.vectors_1 WHERE passage_id = ANY($1::bigint[])',
        [ids],
      );
      return new Map(rows.map(({ id, vector }) => [String(id), Float32Array.from(JSON.parse(vector) as number[])]));
    },
    cosinesOf: async (ids, vector) => {
      const rows = await sql.query<{ id: string; score: number }>(
        'SELECT passage_id AS id, -(embedding <#> $2::vector) AS score FROM plinth.vectors_1 WHERE passage_id = ANY($1::bigint[])',
        [ids, textOf(vector)],
      );
      return new Map(rows.map(({ id, score }) => [String(id), score]));
    },
    lexicalFeedback: async (best, pool) =>
      hits(
        await sql.query('SELECT passage_id, score FROM plinth.lexical_feedback($1, $2::bigint[], $3::bigint[])', [
          found.question,
          best,
          pool,
        ]),
      ),
    nearest: (vector, limit) => nearest(sql, vector, limit),
  };
}

async function lexicalHits(sql: Sql, question: string): Promise<Hit[]> {
  return hits(
    await sql.query('SELECT passage_id, score FROM plinth.lexical($1, $2, $3, NULL)', [question, DEPTH, BUDGET]),
  );
}

async function nearest(sql: Sql, vector: Float32Array, limit: number): Promise<Hit[]> {
  return hits(
    await sql.query(
      'SELECT passage_id, -(embedding <#> $1::vector) AS score FROM plinth.vectors_1 ORDER BY embedding <#> $1::vector, passage_id LIMIT $2',
      [textOf(vector), limit],
    ),
  );
}

async function documentsOf(sql: Sql, ids: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ id: string; document_id: string }>(
    'SELECT id, document_id FROM plinth.passages WHERE id = ANY($1::bigint[])',
    [ids],
  );
  const documents = new Map(rows.map(({ id, document_id }) => [String(id), document_id]));
  return ids.map((id) => documents.get(id)!);
}

function hits(rows: readonly Record<string, unknown>[]): Hit[] {
  return rows.map((row) => ({ passageId: String(row['passage_id']), score: Number(row['score']) }));
}

function textOf(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}
