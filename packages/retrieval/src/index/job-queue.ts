import type { Database, Sql } from '../ports/database.ts';
import type { DocumentIndex, IngestJob } from '../ports/document-index.ts';
import type { JobRow } from './document-rows.ts';
import { JOB_COLUMNS, jobFrom } from './document-rows.ts';
import { storable, timeText } from './values.ts';

const MOST_AT_ONCE = 100;

/** Ingest jobs in a table: at most one open per document, held by a lease whose fence grows each time it is given. */
export class JobQueue {
  readonly #database: Database;
  readonly #maxAttempts: number;
  readonly #now: () => number;

  constructor(options: { readonly database: Database; readonly maxAttempts: number; readonly now: () => number }) {
    this.#database = options.database;
    this.#maxAttempts = options.maxAttempts;
    this.#now = options.now;
  }

  /** In the transaction that accepts the version. Work on older versions ends: what it would write is out of date. */
  async put(sql: Sql, job: Omit<IngestJob, 'jobId' | 'attempt' | 'fence'>): Promise<void> {
    const { tenant, documentId, version, kind, ...offer } = job;
    const at = timeText(this.#now());
    await sql.query(
      `UPDATE plinth.jobs SET state = 'done', reason = 'A newer version came.', fence = fence + 1, ended_at = $3
       WHERE tenant = $1 AND document_id = $2 AND state IN ('queued', 'running')`,
      [tenant, documentId, at],
    );
    await sql.query(
      `INSERT INTO plinth.jobs (tenant, document_id, version, kind, state, due_at, offer, created_at)
       VALUES ($1, $2, $3, $4, 'queued', $5, $6::jsonb, $5)`,
      [tenant, documentId, version, kind, at, JSON.stringify({ ...offer, title: storable(offer.title) })],
    );
  }

  async lease({ worker, leaseMs, limit }: Parameters<DocumentIndex['lease']>[0]): Promise<readonly IngestJob[]> {
    const now = this.#now();
    const rows = await this.#database.transaction({ role: 'rag_writer', tenant: undefined }, (sql) =>
      sql.query<JobRow>(
        `UPDATE plinth.jobs AS j SET state = 'running', attempt = attempt + 1, fence = fence + 1, worker = $1, due_at = $3
         WHERE id IN (SELECT id FROM plinth.jobs WHERE state IN ('queued', 'running') AND due_at <= $2
                      ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
         RETURNING ${JOB_COLUMNS}`,
        [worker, timeText(now), timeText(now + leaseMs), Math.min(limit, MOST_AT_ONCE)],
      ),
    );
    const jobs = rows.map(jobFrom).sort((a, b) => Number(a.jobId) - Number(b.jobId));
    const spent = jobs.filter(({ attempt }) => attempt > this.#maxAttempts);
    for (const job of spent)
      await this.fail(
        job,
        `It stopped whoever worked on it, ${this.#maxAttempts} times. Check the file, and send it again.`,
      );
    return jobs.filter((job) => !spent.includes(job));
  }

  async progress(...[job, progress, { leaseMs }]: Parameters<DocumentIndex['progress']>): Promise<boolean> {
    return this.#database.transaction({ role: 'rag_writer', tenant: job.tenant }, async (sql) => {
      const now = this.#now();
      const held = await sql.query(
        `UPDATE plinth.jobs SET due_at = $3 WHERE id = $1 AND fence = $2 AND state = 'running' RETURNING id`,
        [job.jobId, job.fence, timeText(now + leaseMs)],
      );
      if (held.length === 0) return false;
      await sql.query(
        `UPDATE plinth.documents SET state = 'running', progress = $4::jsonb, updated_at = $5 WHERE tenant = $1 AND document_id = $2 AND version = $3`,
        [job.tenant, job.documentId, job.version, JSON.stringify(progress), timeText(now)],
      );
      return true;
    });
  }

  async fail(...[job, reason, options]: Parameters<DocumentIndex['fail']>): Promise<void> {
    const now = this.#now();
    const retryAfterMs = job.attempt < this.#maxAttempts ? options?.retryAfterMs : undefined;
    const dead = retryAfterMs === undefined;
    await this.#database.transaction({ role: 'rag_writer', tenant: job.tenant }, async (sql) => {
      const held = await sql.query(
        `UPDATE plinth.jobs SET state = $3, reason = $4, due_at = $5, ended_at = $6 WHERE id = $1 AND fence = $2 AND state = 'running' RETURNING id`,
        [
          job.jobId,
          job.fence,
          dead ? 'dead' : 'queued',
          storable(reason),
          timeText(now + (retryAfterMs ?? 0)),
          dead ? timeText(now) : null,
        ],
      );
      if (held.length === 0) return;
      await sql.query(
        `UPDATE plinth.documents SET state = $4, reason = $5, progress = NULL, updated_at = $6 WHERE tenant = $1 AND document_id = $2 AND version = $3`,
        [
          job.tenant,
          job.documentId,
          job.version,
          dead ? 'failed' : 'queued',
          dead ? storable(reason) : null,
          timeText(now),
        ],
      );
    });
  }

  /** Whether the lease still stands, and keeps it so until the transaction ends. */
  async holds(sql: Sql, job: IngestJob): Promise<boolean> {
    const rows = await sql.query(
      `SELECT id FROM plinth.jobs WHERE id = $1 AND fence = $2 AND state = 'running' FOR UPDATE`,
      [job.jobId, job.fence],
    );
    return rows.length > 0;
  }

  /** Ends it well, and drops what older ones of the document left. */
  async end(sql: Sql, job: IngestJob): Promise<void> {
    await sql.query(`UPDATE plinth.jobs SET state = 'done', reason = NULL, ended_at = $2 WHERE id = $1`, [
      job.jobId,
      timeText(this.#now()),
    ]);
    await sql.query(
      `DELETE FROM plinth.jobs WHERE tenant = $1 AND document_id = $2 AND id <> $3 AND state IN ('done', 'dead')`,
      [job.tenant, job.documentId, job.jobId],
    );
  }
}
