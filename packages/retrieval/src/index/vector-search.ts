import type { Sql } from '../ports/database.ts';
import type { Hit } from '../search/fuse.ts';
import { hits } from './lexical-search.ts';
import { vectorFrom, vectorText } from './values.ts';

/** Nodes that HNSW looks at for each one wanted: more finds more of the true neighbours and takes longer. */
const BREADTH = 2;
const MOST_BREADTH = 1_000;

/**
 * How the transaction looks for neighbours: along the graph. The planner cannot know how much row-level security leaves, takes it for nearly nothing, and
 * would read every vector. Before pgvector 0.8, which goes on until enough of what it finds may be read, it may: there the graph stops early, and a reader
 * of few documents would be given none.
 */
export async function prepareDenseSearch(sql: Sql, wanted: number): Promise<void> {
  await sql.query(
    `SELECT set_config('hnsw.ef_search', $1, true),
            CASE WHEN able THEN set_config('hnsw.iterative_scan', 'relaxed_order', true) END,
            set_config('enable_seqscan', planner, true), set_config('enable_sort', planner, true)
     FROM (SELECT able, CASE WHEN able THEN 'off' ELSE 'on' END AS planner
           FROM (SELECT string_to_array(extversion, '.')::integer[] >= ARRAY[0, 8] AS able FROM pg_extension WHERE extname = 'vector') AS version) AS choice`,
    [String(Math.min(MOST_BREADTH, wanted * BREADTH))],
  );
}

/** Leaves it to the planner again. */
async function readEveryVector(sql: Sql): Promise<void> {
  await sql.query(`SELECT set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true)`);
}

/**
 * Nearest passages by cosine, best first. Where the graph gives fewer than wanted, the reader may read few passages, and all of those are looked
 * at. @param table Of the space, from `vectorTable`.
 */
export async function nearest(
  sql: Sql,
  table: string,
  vector: Float32Array,
  options: { readonly wanted: number; readonly filter: string | undefined },
): Promise<readonly Hit[]> {
  const found = await search(sql, table, vector, options);
  if (found.length >= options.wanted) return found;
  await readEveryVector(sql);
  // A sum that no index knows: the order is computed from every vector that may be read.
  return search(sql, table, vector, options, '+ 0');
}

async function search(
  sql: Sql,
  table: string,
  vector: Float32Array,
  options: { readonly wanted: number; readonly filter: string | undefined },
  exact = '',
): Promise<readonly Hit[]> {
  const matching =
    options.filter === undefined
      ? ''
      : 'WHERE EXISTS (SELECT FROM plinth.passages p WHERE p.id = v.passage_id AND plinth.matches(p.metadata, $3::jsonb))';
  const rows = await sql.query(
    `SELECT v.passage_id, -(v.embedding <#> $1::vector) AS score FROM ${table} v ${matching} ORDER BY (v.embedding <#> $1::vector) ${exact} LIMIT $2`,
    [vectorText(vector), options.wanted, ...(options.filter === undefined ? [] : [options.filter])],
  );
  // A relaxed scan may give neighbours slightly out of order.
  return [...hits(rows)].sort((a, b) => b.score - a.score || (a.passageId < b.passageId ? -1 : 1));
}

export async function vectorsOf(
  sql: Sql,
  table: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Float32Array>> {
  const rows = await sql.query<{ id: string; embedding: string }>(
    `SELECT passage_id AS id, embedding::text AS embedding FROM ${table} WHERE passage_id = ANY($1::bigint[])`,
    [[...ids]],
  );
  return new Map(rows.map(({ id, embedding }) => [String(id), vectorFrom(embedding)]));
}

export async function cosinesOf(
  sql: Sql,
  table: string,
  ids: readonly string[],
  vector: Float32Array,
): Promise<ReadonlyMap<string, number>> {
  const rows = await sql.query(
    `SELECT passage_id, -(embedding <#> $2::vector) AS score FROM ${table} WHERE passage_id = ANY($1::bigint[])`,
    [[...ids], vectorText(vector)],
  );
  return new Map(hits(rows).map(({ passageId, score }) => [passageId, score]));
}
