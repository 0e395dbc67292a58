import { PlatformError } from '@plinth/contracts';
import type { Sql } from '../../ports/database.ts';

/** What the vectors of one table have in common. */
export interface EmbeddingSpace {
  readonly n: number;
  readonly model: string;
  readonly dimensions: number;
  readonly state: 'building' | 'active' | 'retired';
}

/** pgvector's bound of an HNSW index over `vector`. */
export const MAX_DIMENSIONS = 2_000;

/** The only place where the name of a table is made from a value: a whole number of our own. */
export function vectorTable(n: number): string {
  if (!Number.isInteger(n) || n < 1) throw new PlatformError('internal', 'An embedding space has a number from 1.');
  return `plinth.vectors_${n}`;
}

/** Makes the table of a space, without its index: a space is filled first. As owner. */
export async function createSpace(
  sql: Sql,
  options: { readonly model: string; readonly dimensions: number; readonly state: 'building' | 'active' },
): Promise<EmbeddingSpace> {
  const { model, dimensions, state } = options;
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_DIMENSIONS)
    throw new PlatformError(
      'configuration',
      `The index takes vectors of 1 to ${MAX_DIMENSIONS} numbers. Choose another embedding model.`,
    );
  const [row] = await sql.query<{ n: number }>(
    `INSERT INTO plinth.embedding_spaces (n, model, dimensions, state)
     SELECT coalesce(max(n), 0) + 1, $1, $2, $3 FROM plinth.embedding_spaces RETURNING n`,
    [model, dimensions, state],
  );
  const table = vectorTable(row!.n);
  const own = 'tenant = (SELECT plinth.tenant())';
  for (const text of [
    `CREATE TABLE ${table} (
       passage_id bigint PRIMARY KEY REFERENCES plinth.passages ON DELETE CASCADE,
       tenant text NOT NULL,
       groups text[] NOT NULL,
       embedding vector(${dimensions}) NOT NULL
     )`,
    `CREATE INDEX ON ${table} (tenant)`,
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO rag_writer`,
    `CREATE POLICY writes ON ${table} TO rag_writer USING (${own}) WITH CHECK (${own})`,
    `GRANT SELECT ON ${table} TO rag_reader`,
    `CREATE POLICY reads ON ${table} FOR SELECT TO rag_reader USING (${own} AND groups && (SELECT plinth.groups()))`,
  ])
    await sql.query(text);
  return { n: row!.n, model, dimensions, state };
}

/** The index that dense search goes by; inner product, since vectors are of unit length. Built in one go where there are vectors already. */
export async function indexSpace(sql: Sql, space: Pick<EmbeddingSpace, 'n'>): Promise<void> {
  await sql.query(
    `CREATE INDEX IF NOT EXISTS vectors_${space.n}_nearest ON ${vectorTable(space.n)} USING hnsw (embedding vector_ip_ops) WITH (m = 16, ef_construction = 64)`,
  );
}

export async function spaces(sql: Sql): Promise<readonly EmbeddingSpace[]> {
  const rows = await sql.query('SELECT n, model, dimensions, state FROM plinth.embedding_spaces ORDER BY n');
  return rows as unknown as readonly EmbeddingSpace[];
}
