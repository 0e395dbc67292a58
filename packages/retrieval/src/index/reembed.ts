import { PlatformError } from '@plinth/contracts';
import type { EmbeddingSpace } from '../database/migrations/embedding-space.ts';
import { createSpace, indexSpace, spaces, vectorTable } from '../database/migrations/embedding-space.ts';
import { UPKEEP_LOCK } from '../database/migrations/migrate.ts';
import type { Database, Sql } from '../ports/database.ts';
import type { Embedder } from '../ports/embedder.ts';
import { embeddedText } from './embedded-text.ts';
import { ownSpaces } from './space-lock.ts';
import { vectorText } from './values.ts';

/** Passages of one call to the embedder and one transaction. */
const BATCH = 64;
/** Rounds after which the last few are embedded while ingest waits: otherwise a busy one could always be a document ahead. */
const PATIENT_ROUNDS = 20;
const STEP_TIMEOUT_MS = 120_000;
/** An HNSW graph over millions of vectors takes hours. */
const GRAPH_TIMEOUT_MS = 12 * 3_600_000;

export interface ReembedOptions {
  /** Signed in as the owner. */
  readonly database: Database;
  /** Of the new model. */
  readonly embedder: Embedder;
  readonly signal: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface Reembedded {
  /** The space that is active now. */
  readonly n: number;
  /** Passages embedded by this call. */
  readonly passages: number;
}

/**
 * Moves the index to another embedding model while the old space goes on serving: a new space is filled in batches, gets its graph, and becomes the active
 * one in the transaction that finds no passage missing in it. Whoever is stopped is called again and goes on where it was. The old space stays, for
 * searches under way, until `dropRetiredSpaces`. Ingest by the old model is refused from the switch on.
 */
export async function reembed({ database, embedder, signal, onProgress }: ReembedOptions): Promise<Reembedded> {
  const owner = <T>(work: (sql: Sql) => Promise<T>, timeoutMs = STEP_TIMEOUT_MS) =>
    database.transaction({ role: 'owner' }, work, { signal, timeoutMs });

  const space = await owner((sql) => spaceToFill(sql, embedder));
  if (space.state === 'active') return { n: space.n, passages: 0 };
  const total = await owner((sql) => countMissing(sql, space));
  let passages = 0;
  const fill = async () => {
    for (let after = '0'; ;) {
      const missing = await owner((sql) => missingAfter(sql, space, after));
      if (missing.length === 0) return;
      const vectors = await embedAll(embedder, missing, signal);
      passages += await owner((sql) => insertVectors(sql, space, missing, vectors));
      after = missing.at(-1)!.id;
      onProgress?.({ done: passages, total: Math.max(total, passages) });
    }
  };

  await fill();
  await owner((sql) => indexSpace(sql, space), GRAPH_TIMEOUT_MS);
  for (let round = 1; ; round++) {
    await fill();
    const switched = await owner(async (sql) => {
      await ownSpaces(sql);
      const missing = await missingAfter(sql, space, '0');
      if (missing.length > 0) {
        if (round < PATIENT_ROUNDS || missing.length === BATCH) return false;
        passages += await insertVectors(sql, space, missing, await embedAll(embedder, missing, signal));
      }
      await activate(sql, space);
      return true;
    });
    if (switched) return { n: space.n, passages };
  }
}

/** Drops spaces that were replaced at least `olderThanMs` ago, by the database's clock; no search is under way in them by then. As owner. */
export async function dropRetiredSpaces(
  database: Database,
  options: { readonly olderThanMs?: number; readonly signal?: AbortSignal } = {},
): Promise<number> {
  const { olderThanMs = 60_000, signal } = options;
  return database.transaction(
    { role: 'owner' },
    async (sql) => {
      await sql.query('SELECT pg_advisory_xact_lock($1)', [UPKEEP_LOCK]);
      await ownSpaces(sql);
      const old = await sql.query<{ n: number }>(
        `SELECT n FROM plinth.embedding_spaces WHERE state = 'retired' AND changed_at <= now() - make_interval(secs => $1::double precision / 1000)`,
        [olderThanMs],
      );
      for (const { n } of old) await dropSpace(sql, n);
      return old.length;
    },
    { timeoutMs: STEP_TIMEOUT_MS, ...(signal && { signal }) },
  );
}

/** The active space where it is the model's already, the one being built, or a new one. */
async function spaceToFill(sql: Sql, { model, dimensions }: Embedder): Promise<EmbeddingSpace> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [UPKEEP_LOCK]);
  const known = await spaces(sql);
  const active = known.find(({ state }) => state === 'active');
  if (!active) throw new PlatformError('configuration', 'The index has no embedding space. Run the migrations.');
  const building = known.find(({ state }) => state === 'building');
  const fits = (space: EmbeddingSpace) => space.model === model && space.dimensions === dimensions;
  if (building && fits(building)) return building;
  // Somebody changed their mind: what was built for another model is of no use.
  if (building) await dropSpace(sql, building.n);
  return fits(active) ? active : createSpace(sql, { model, dimensions, state: 'building' });
}

async function dropSpace(sql: Sql, n: number): Promise<void> {
  // The row first, so that whoever waits for the table finds the space gone as well.
  await sql.query('DELETE FROM plinth.embedding_spaces WHERE n = $1', [n]);
  await sql.query(`DROP TABLE IF EXISTS ${vectorTable(n)}`);
}

async function activate(sql: Sql, { n }: EmbeddingSpace): Promise<void> {
  await sql.query(`UPDATE plinth.embedding_spaces SET state = 'retired', changed_at = now() WHERE state = 'active'`);
  const rows = await sql.query(
    `UPDATE plinth.embedding_spaces SET state = 'active', changed_at = now() WHERE n = $1 AND state = 'building' RETURNING n`,
    [n],
  );
  if (rows.length === 0) throw new PlatformError('conflict', 'Another re-embedding replaced this one. Run it again.');
}

interface MissingPassage extends Record<string, unknown> {
  readonly id: string;
  readonly heading_path: readonly string[];
  readonly text: string;
  readonly text_hash: string;
}

const MISSING = ({ n }: EmbeddingSpace) =>
  `plinth.passages p WHERE NOT EXISTS (SELECT FROM ${vectorTable(n)} v WHERE v.passage_id = p.id)`;

function missingAfter(sql: Sql, space: EmbeddingSpace, after: string): Promise<readonly MissingPassage[]> {
  return sql.query<MissingPassage>(
    `SELECT p.id, p.heading_path, p.text, p.text_hash FROM ${MISSING(space)} AND p.id > $1::bigint ORDER BY p.id LIMIT ${BATCH}`,
    [after],
  );
}

async function countMissing(sql: Sql, space: EmbeddingSpace): Promise<number> {
  const [row] = await sql.query<{ total: string }>(`SELECT count(*) AS total FROM ${MISSING(space)}`);
  return Number(row!.total);
}

/** One vector per passage, in order; equal texts are embedded once. */
async function embedAll(
  embedder: Embedder,
  passages: readonly MissingPassage[],
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  const texts = new Map(
    passages.map((passage) => [
      passage.text_hash,
      embeddedText({ headingPath: passage.heading_path, text: passage.text }),
    ]),
  );
  const vectors = await embedder.embed([...texts.values()], 'document', { signal });
  const byHash = new Map([...texts.keys()].map((hash, index) => [hash, vectors[index]!]));
  return passages.map(({ text_hash }) => byHash.get(text_hash)!);
}

/**
 * With the groups that the passages have now, and keeps them from changing until the end of the transaction: a document that is taken from
 * somebody meanwhile is taken in this space too. Passages that were replaced since are left out.
 */
async function insertVectors(
  sql: Sql,
  { n }: EmbeddingSpace,
  passages: readonly MissingPassage[],
  vectors: readonly Float32Array[],
): Promise<number> {
  const rows = await sql.query(
    `WITH held AS (SELECT id, tenant, groups FROM plinth.passages WHERE id = ANY($1::bigint[]) FOR SHARE)
     INSERT INTO ${vectorTable(n)} (passage_id, tenant, groups, embedding)
     SELECT held.id, held.tenant, held.groups, u.embedding::vector
     FROM unnest($1::bigint[], $2::text[]) AS u(id, embedding) JOIN held ON held.id = u.id
     ON CONFLICT (passage_id) DO NOTHING RETURNING passage_id`,
    [passages.map(({ id }) => id), vectors.map(vectorText)],
  );
  return rows.length;
}
