import type { EmbeddingSpace } from '../database/migrations/embedding-space.ts';
import type { Sql } from '../ports/database.ts';
import type { Hit } from '../search/fuse.ts';
import { hits } from './lexical-search.ts';
import { vectorText } from './values.ts';

/** Nodes that HNSW looks at for each one wanted: more finds more of the true neighbours and takes longer. */
const BREADTH = 2;
const MOST_BREADTH = 1_000;

/** What a transaction looks for neighbours in, and how. */
export interface DenseSearch {
  readonly active: EmbeddingSpace | undefined;
  /** Whether the graph is followed until enough of what it gives may be read: pgvector 0.8 and newer. */
  readonly iterative: boolean;
}

/**
 * Has the transaction look for neighbours along the graph. The planner cannot know how much row-level security leaves, takes it for nearly nothing, and
 * would read every vector.
 */
export async function prepareDenseSearch(sql: Sql, wanted: number): Promise<DenseSearch> {
  const [row] = await sql.query<{ iterative: boolean; active: EmbeddingSpace | null }>(
    `SELECT iterative, to_jsonb(space) AS active, CASE WHEN iterative THEN set_config('hnsw.iterative_scan', 'relaxed_order', true) END,
            set_config('hnsw.ef_search', $1, true), set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)
     FROM (SELECT string_to_array(extversion, '.')::integer[] >= ARRAY[0, 8] AS iterative FROM pg_extension WHERE extname = 'vector') AS version
     LEFT JOIN (SELECT n, model, dimensions, state FROM plinth.embedding_spaces WHERE state = 'active') AS space ON true`,
    [String(Math.min(MOST_BREADTH, wanted * BREADTH))],
  );
  return { iterative: row?.iterative ?? false, active: row?.active ?? undefined };
}

/**
 * Nearest passages by cosine, best first. Where the graph gives fewer than wanted, the reader may read few of the passages near the question: a graph
 * that is not followed on by itself is looked at once more, as widely as it can be, and where that is not enough either, all that may be read
 * is. @param table Of the space, from `vectorTable`.
 */
export async function nearest(
  sql: Sql,
  table: string,
  vector: Float32Array,
  options: { readonly wanted: number; readonly filter: string | undefined; readonly iterative: boolean },
): Promise<readonly Hit[]> {
  let found = await search(sql, table, vector, options);
  if (found.length < options.wanted && !options.iterative) {
    await sql.query(`SELECT set_config('hnsw.ef_search', $1, true)`, [String(MOST_BREADTH)]);
    found = await search(sql, table, vector, options);
  }
  if (found.length >= options.wanted) return found;
  await sql.query(`SELECT set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true)`);
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
