import { PlatformError } from '@plinth/contracts';
import { vectorTable } from '../database/migrations/embedding-space.ts';
import type { Sql } from '../ports/database.ts';
import type { Chunk } from '../ports/document.ts';
import type { DocumentKey, IndexedDocument, IngestJob } from '../ports/document-index.ts';
import { textHash } from './embedded-text.ts';
import { spaceToWrite } from './known-vectors.ts';
import { shareSpaces } from './space-lock.ts';
import { storable, timeText, vectorText } from './values.ts';

/** Passages of one statement. */
const BATCH = 200;
/** How many versions of a text stay. */
const KEPT_TEXTS = 5;

/** Puts what search finds of a document in the place of what it found before, within the caller's transaction. */
export async function replaceDocument(
  sql: Sql,
  options: { readonly job: IngestJob; readonly document: IndexedDocument; readonly model: string; readonly at: number },
): Promise<void> {
  const { job, document, model, at } = options;
  if (document.vectors.length !== document.chunks.length)
    throw new PlatformError('internal', 'A document came with another number of vectors than chunks.');
  await shareSpaces(sql);
  const space = await spaceToWrite(sql, model);
  if (document.vectors.some(({ length }) => length !== space.dimensions))
    throw new PlatformError(
      'configuration',
      `The index takes vectors of ${space.dimensions} numbers. Check the embedding model.`,
    );
  const groups = [...new Set(job.groups)].sort();
  const title = storable(document.title ?? job.title);

  const before = await removePassages(sql, job);
  let length = 0;
  for (let first = 0; first < document.chunks.length; first += BATCH) {
    const chunks = document.chunks.slice(first, first + BATCH);
    const rows = await insertPassages(sql, { job, groups, title, chunks });
    length += rows.reduce((sum, row) => sum + row.length, 0);
    const ids = new Map(rows.map(({ id, ordinal }) => [ordinal, id]));
    await sql.query(
      `INSERT INTO ${vectorTable(space.n)} (passage_id, tenant, groups, embedding)
       SELECT u.id, $1, $2::text[], u.embedding::vector FROM unnest($3::bigint[], $4::text[]) AS u(id, embedding)`,
      [
        job.tenant,
        groups,
        chunks.map(({ ordinal }) => ids.get(ordinal)!),
        document.vectors.slice(first, first + BATCH).map(vectorText),
      ],
    );
  }
  await sql.query(
    `INSERT INTO plinth.document_texts (tenant, document_id, version, groups, text, blocks) VALUES ($1, $2, $3, $4::text[], $5, $6::jsonb)`,
    [job.tenant, job.documentId, job.version, groups, storable(document.text), JSON.stringify(document.blocks)],
  );
  await sql.query(
    `DELETE FROM plinth.document_texts WHERE tenant = $1 AND document_id = $2 AND version NOT IN
       (SELECT version FROM plinth.document_texts WHERE tenant = $1 AND document_id = $2 ORDER BY version DESC LIMIT $3)`,
    [job.tenant, job.documentId, KEPT_TEXTS],
  );
  await sql.query(
    `UPDATE plinth.documents SET state = 'indexed', indexed_version = $3, reason = NULL, progress = NULL, title = $4, pages = $5, passages = $6,
       updated_at = $7 WHERE tenant = $1 AND document_id = $2`,
    [job.tenant, job.documentId, job.version, title, document.pages ?? null, document.chunks.length, timeText(at)],
  );
  await countCorpus(sql, job.tenant, document.chunks.length - before.passages, length - before.length);
}

/** Passages, vectors, texts and the document itself. */
export async function removeDocument(sql: Sql, key: DocumentKey): Promise<void> {
  const before = await removePassages(sql, key);
  await sql.query('DELETE FROM plinth.documents WHERE tenant = $1 AND document_id = $2', [key.tenant, key.documentId]);
  await countCorpus(sql, key.tenant, -before.passages, -before.length);
}

async function insertPassages(
  sql: Sql,
  options: {
    readonly job: IngestJob;
    readonly groups: readonly string[];
    readonly title: string;
    readonly chunks: readonly Chunk[];
  },
): Promise<readonly { id: string; ordinal: number; length: number }[]> {
  const { job, groups, title, chunks } = options;
  const rows = chunks.map((chunk) => ({
    ordinal: chunk.ordinal,
    heading_path: chunk.headingPath.map(storable),
    text: storable(chunk.text),
    text_hash: textHash(chunk),
    start_offset: chunk.start,
    end_offset: chunk.end,
    page_first: chunk.pages?.first ?? null,
    page_last: chunk.pages?.last ?? null,
    tokens: chunk.tokens,
  }));
  return sql.query(
    `INSERT INTO plinth.passages (tenant, document_id, version, groups, metadata, ordinal, heading_path, text, text_hash, start_offset, end_offset,
       page_first, page_last, tokens, lexemes, length)
     SELECT $1, $2, $3, $4::text[], $5::jsonb, r.ordinal, r.heading_path, r.text, r.text_hash, r.start_offset, r.end_offset,
       r.page_first, r.page_last, r.tokens, l.lexemes, (SELECT coalesce(sum(cardinality(positions)), 0) FROM unnest(l.lexemes))
     FROM jsonb_to_recordset($6::jsonb) AS r(ordinal integer, heading_path text[], text text, text_hash text, start_offset integer,
       end_offset integer, page_first integer, page_last integer, tokens integer)
     CROSS JOIN LATERAL (SELECT plinth.lexemes($7::text || E'\\n' || array_to_string(r.heading_path, E'\\n') || E'\\n' || r.text) AS lexemes) l
     RETURNING id, ordinal, length`,
    [job.tenant, job.documentId, job.version, groups, JSON.stringify(job.metadata), JSON.stringify(rows), title],
  );
}

async function removePassages(
  sql: Sql,
  key: DocumentKey,
): Promise<{ readonly passages: number; readonly length: number }> {
  const [row] = await sql.query<{ passages: number; length: number }>(
    `WITH gone AS (DELETE FROM plinth.passages WHERE tenant = $1 AND document_id = $2 RETURNING length)
     SELECT count(*)::integer AS passages, coalesce(sum(length), 0)::integer AS length FROM gone`,
    [key.tenant, key.documentId],
  );
  return row!;
}

/** Last, since all of a tenant's documents change this one row. */
async function countCorpus(sql: Sql, tenant: string, passages: number, length: number): Promise<void> {
  await sql.query(
    `INSERT INTO plinth.corpora AS c (tenant, passages, length) VALUES ($1, greatest($2::bigint, 0), greatest($3::bigint, 0))
     ON CONFLICT (tenant) DO UPDATE SET passages = greatest(c.passages + $2::bigint, 0), length = greatest(c.length + $3::bigint, 0)`,
    [tenant, passages, length],
  );
}
