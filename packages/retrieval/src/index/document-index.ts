import { PlatformError } from '@plinth/contracts';
import type { Database, Sql } from '../ports/database.ts';
import type {
  DocumentIndex,
  DocumentKey,
  DocumentOffer,
  DocumentRecord,
  IndexedDocument,
  IngestJob,
} from '../ports/document-index.ts';
import { narrowAccess } from './access.ts';
import type { DocumentRow } from './document-rows.ts';
import { RECORD_COLUMNS, recordFrom } from './document-rows.ts';
import { JobQueue } from './job-queue.ts';
import { knownVectors } from './known-vectors.ts';
import { refreshLexemeCounts } from './lexeme-counts.ts';
import { storable, timeText } from './values.ts';
import { removeDocument, replaceDocument } from './write-document.ts';

export interface SqlDocumentIndexOptions {
  readonly database: Database;
  /** Of the embedder whose vectors are written. */
  readonly model: string;
  /**
   * Leases of one job at most; then it is dead.
   * @default 5
   */
  readonly maxAttempts?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The writing side of the index, in SQL. */
export class SqlDocumentIndex implements DocumentIndex {
  readonly #database: Database;
  readonly #model: string;
  readonly #now: () => number;
  readonly #jobs: JobQueue;

  constructor({ database, model, maxAttempts = 5, now = Date.now }: SqlDocumentIndexOptions) {
    this.#database = database;
    this.#model = model;
    this.#now = now;
    this.#jobs = new JobQueue({ database, maxAttempts, now });
  }

  async offer(
    offer: DocumentOffer,
    { holding }: { readonly holding?: readonly string[] } = {},
  ): Promise<{ readonly record: DocumentRecord; readonly unchanged: boolean }> {
    const groups = [...new Set(offer.groups)].sort();
    if (groups.length === 0)
      throw new PlatformError('invalid_request', 'A document needs a group whose members may read it.', {
        param: 'groups',
      });
    return this.#write(offer.tenant, async (sql) => {
      await lockDocument(sql, offer);
      if (holding !== undefined) await refuseStrangers(sql, offer, holding);
      const metadata = JSON.stringify(offer.metadata);
      const [same] = await sql.query<DocumentRow>(
        `SELECT ${RECORD_COLUMNS} FROM plinth.documents WHERE tenant = $1 AND document_id = $2 AND NOT leaving AND state <> 'failed'
           AND content_hash = $3 AND groups = $4::text[] AND metadata = $5::jsonb`,
        [offer.tenant, offer.documentId, offer.contentHash, groups, metadata],
      );
      if (same) return { record: recordFrom(same), unchanged: true };
      const version = await nextVersion(sql, offer);
      const [row] = await sql.query<DocumentRow>(
        `INSERT INTO plinth.documents AS d (tenant, document_id, version, state, title, uri, media_type, bytes, content_hash, groups, metadata,
           object_key, created_at, updated_at)
         VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9::text[], $10::jsonb, $11, $12, $12)
         ON CONFLICT (tenant, document_id) DO UPDATE SET version = excluded.version, state = 'queued', reason = NULL, progress = NULL,
           title = excluded.title, uri = excluded.uri, media_type = excluded.media_type, bytes = excluded.bytes,
           content_hash = excluded.content_hash, groups = excluded.groups, metadata = excluded.metadata, object_key = excluded.object_key,
           leaving = false, updated_at = excluded.updated_at
         RETURNING ${RECORD_COLUMNS}`,
        [
          offer.tenant,
          offer.documentId,
          version,
          storable(offer.title),
          offer.uri ?? null,
          offer.mediaType,
          offer.bytes,
          offer.contentHash,
          groups,
          metadata,
          offer.objectKey,
          timeText(this.#now()),
        ],
      );
      await narrowAccess(sql, offer, groups);
      await this.#jobs.put(sql, { ...offer, groups, version, kind: 'put' });
      return { record: recordFrom(row!), unchanged: false };
    });
  }

  async forget(key: DocumentKey, { holding }: { readonly holding?: readonly string[] } = {}): Promise<boolean> {
    return this.#write(key.tenant, async (sql) => {
      await lockDocument(sql, key);
      const [row] = await sql.query<DocumentRow & { object_key: string; leaving: boolean }>(
        `SELECT ${RECORD_COLUMNS}, object_key, leaving FROM plinth.documents
         WHERE tenant = $1 AND document_id = $2 AND ($3::text[] IS NULL OR groups && $3::text[])`,
        [key.tenant, key.documentId, holding === undefined ? null : [...holding]],
      );
      if (!row || row.leaving) return row !== undefined;
      const { title, uri, mediaType, bytes, contentHash, groups, metadata } = recordFrom(row);
      const version = await nextVersion(sql, key);
      await sql.query(
        `UPDATE plinth.documents SET version = $3, leaving = true, state = 'queued', reason = NULL, progress = NULL, groups = '{}', updated_at = $4
         WHERE tenant = $1 AND document_id = $2`,
        [key.tenant, key.documentId, version, timeText(this.#now())],
      );
      await narrowAccess(sql, key, []);
      await this.#jobs.put(sql, {
        tenant: key.tenant,
        documentId: key.documentId,
        title,
        ...(uri !== undefined && { uri }),
        mediaType,
        bytes,
        contentHash,
        groups,
        metadata,
        objectKey: row.object_key,
        version,
        kind: 'delete',
      });
      return true;
    });
  }

  async find({ tenant, documentId }: DocumentKey): Promise<DocumentRecord | undefined> {
    const [row] = await this.#write(tenant, (sql) =>
      sql.query<DocumentRow>(
        `SELECT ${RECORD_COLUMNS} FROM plinth.documents WHERE tenant = $1 AND document_id = $2 AND NOT leaving`,
        [tenant, documentId],
      ),
    );
    return row && recordFrom(row);
  }

  async findAll(...[tenant, { prefix, after = '', limit }]: Parameters<DocumentIndex['findAll']>) {
    const rows = await this.#write(tenant, (sql) =>
      sql.query<DocumentRow>(
        `SELECT ${RECORD_COLUMNS} FROM plinth.documents
         WHERE tenant = $1 AND starts_with(document_id, $2) AND document_id > $3 AND NOT leaving ORDER BY document_id LIMIT $4`,
        [tenant, prefix, after, Math.min(limit, MOST_LISTED)],
      ),
    );
    return rows.map(recordFrom);
  }

  async referenced(tenant: string, objectKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#write(tenant, (sql) =>
      sql.query<{ key: string }>(
        `SELECT asked.key FROM unnest($2::text[]) AS asked(key)
         WHERE EXISTS (SELECT FROM plinth.documents d WHERE d.tenant = $1 AND d.object_key = asked.key)
            OR EXISTS (SELECT FROM plinth.jobs j WHERE j.tenant = $1 AND j.state IN ('queued', 'running') AND j.offer ->> 'objectKey' = asked.key)`,
        [tenant, [...objectKeys]],
      ),
    );
    return new Set(rows.map(({ key }) => key));
  }

  lease(options: Parameters<DocumentIndex['lease']>[0]): Promise<readonly IngestJob[]> {
    return this.#jobs.lease(options);
  }

  progress(...args: Parameters<DocumentIndex['progress']>): Promise<boolean> {
    return this.#jobs.progress(...args);
  }

  fail(...args: Parameters<DocumentIndex['fail']>): Promise<void> {
    return this.#jobs.fail(...args);
  }

  knownVectors(tenant: string, textHashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
    return this.#write(tenant, (sql) => knownVectors(sql, { tenant, textHashes, model: this.#model }));
  }

  async complete(job: IngestJob, document: IndexedDocument): Promise<boolean> {
    const done = await this.#write(job.tenant, async (sql) => {
      if (!(await this.#holdsNewest(sql, job))) return false;
      await replaceDocument(sql, { job, document, model: this.#model, at: this.#now() });
      await this.#jobs.end(sql, job);
      return true;
    });
    if (done) await refreshLexemeCounts(this.#database, job.tenant);
    return done;
  }

  async completeDeletion(job: IngestJob): Promise<boolean> {
    return this.#write(job.tenant, async (sql) => {
      if (!(await this.#holdsNewest(sql, job))) return false;
      await removeDocument(sql, job);
      await this.#jobs.end(sql, job);
      return true;
    });
  }

  /** Locks the document, then its job, in the order that `offer` does. */
  async #holdsNewest(sql: Sql, job: IngestJob): Promise<boolean> {
    await lockDocument(sql, job);
    const [row] = await sql.query(
      'SELECT FROM plinth.documents WHERE tenant = $1 AND document_id = $2 AND version = $3 AND leaving = $4',
      [job.tenant, job.documentId, job.version, job.kind === 'delete'],
    );
    return row !== undefined && (await this.#jobs.holds(sql, job));
  }

  #write<T>(tenant: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#database.transaction({ role: 'rag_writer', tenant }, work, { timeoutMs: WRITE_TIMEOUT_MS });
  }
}

/** A document of thousands of passages takes its time. */
const WRITE_TIMEOUT_MS = 120_000;

const MOST_LISTED = 1_000;

/** Somebody else's document: nothing of it is told, not even to whom it belongs. */
async function refuseStrangers(sql: Sql, key: DocumentKey, holding: readonly string[]): Promise<void> {
  const [stranger] = await sql.query(
    'SELECT FROM plinth.documents WHERE tenant = $1 AND document_id = $2 AND NOT leaving AND NOT groups && $3::text[]',
    [key.tenant, key.documentId, [...holding]],
  );
  if (stranger === undefined) return;
  throw new PlatformError('permission_denied', 'A document of that id belongs to other groups. Choose another id.', {
    param: 'id',
  });
}

/** Until the transaction ends; also where the document is not there yet. */
async function lockDocument(sql: Sql, { tenant, documentId }: DocumentKey): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [JSON.stringify([tenant, documentId])]);
}

/** Versions only grow, also over a deletion: its job stays, so that an old citation never opens another document's text. */
async function nextVersion(sql: Sql, { tenant, documentId }: DocumentKey): Promise<number> {
  const [row] = await sql.query<{ version: number }>(
    `SELECT greatest((SELECT version FROM plinth.documents WHERE tenant = $1 AND document_id = $2),
                     (SELECT max(version) FROM plinth.jobs WHERE tenant = $1 AND document_id = $2), 0) + 1 AS version`,
    [tenant, documentId],
  );
  return row!.version;
}
