import { ENDED, type FilePurpose } from '@plinth/contracts';
import type { Connection } from '../../embedded/database.ts';
import { batchExists, noSuch, revisionPassed, serializeCard } from '../bounds.ts';
import type { BatchChange, BatchRecord, FileRecord, Page } from '../batch-store.ts';

interface Row {
  readonly body: string;
  readonly created_at: number;
}

/** Files and batches, kept as JSON beside what they are found by. */
export class CardTables {
  readonly #getFile;
  readonly #putFile;
  readonly #listFiles;
  readonly #deleteFile;
  readonly #getBatch;
  readonly #addBatch;
  readonly #changeBatch;
  readonly #listBatches;
  readonly #openBatches;

  constructor(db: Connection) {
    this.#getFile = db.prepare('SELECT body, created_at FROM files WHERE tenant = ? AND id = ?');
    this.#putFile = db.prepare(
      `INSERT INTO files (tenant, id, purpose, created_at, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET purpose = excluded.purpose, created_at = excluded.created_at, body = excluded.body`,
    );
    this.#listFiles = db.prepare(
      `SELECT body, created_at FROM files WHERE tenant = ? AND (created_at, id) < (?, ?) AND (?4 IS NULL OR purpose = ?4)
       ORDER BY created_at DESC, id DESC LIMIT ?5`,
    );
    this.#deleteFile = db.prepare('DELETE FROM files WHERE tenant = ? AND id = ?');
    this.#getBatch = db.prepare('SELECT body, created_at FROM batches WHERE id = ? AND tenant = ?');
    this.#addBatch = db.prepare(
      `INSERT INTO batches (id, tenant, created_at, deadline, ended, revision, body) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#changeBatch = db.prepare('UPDATE batches SET deadline = ?, ended = ?, revision = ?, body = ? WHERE id = ?');
    this.#listBatches = db.prepare(
      `SELECT body, created_at FROM batches WHERE tenant = ? AND (created_at, id) < (?, ?)
       ORDER BY created_at DESC, id DESC LIMIT ?`,
    );
    this.#openBatches = db.prepare('SELECT body FROM batches WHERE ended = 0 ORDER BY deadline, id LIMIT ?');
  }

  putFile(file: FileRecord): void {
    this.#putFile.run([file.tenant, file.id, file.purpose, file.createdAt, JSON.stringify(file)]);
  }

  getFile(tenant: string, id: string): FileRecord | undefined {
    return cardOf<FileRecord>(this.#getFile.get([tenant, id]));
  }

  listFiles(tenant: string, after: string | undefined, limit: number, purpose: FilePurpose | undefined) {
    const start = after === undefined ? NEWEST : placeOf(this.#getFile.get([tenant, after]), 'file', after);
    return pageOf<FileRecord>(this.#listFiles.all([tenant, ...start, purpose ?? null, limit + 1]), limit);
  }

  deleteFile(tenant: string, id: string): boolean {
    return this.#deleteFile.run([tenant, id]).changes > 0;
  }

  createBatch(batch: BatchRecord): void {
    const { id, tenant, createdAt, expiresAt, revision } = batch;
    const row = [id, tenant, createdAt, expiresAt, hasEnded(batch), revision, JSON.stringify(batch)];
    if (this.#addBatch.run(row).changes === 0) throw batchExists(id);
  }

  getBatch(tenant: string, id: string): BatchRecord | undefined {
    return cardOf<BatchRecord>(this.#getBatch.get([id, tenant]));
  }

  listBatches(tenant: string, after: string | undefined, limit: number) {
    const start = after === undefined ? NEWEST : placeOf(this.#getBatch.get([after, tenant]), 'batch', after);
    return pageOf<BatchRecord>(this.#listBatches.all([tenant, ...start, limit + 1]), limit);
  }

  openBatches(limit: number): BatchRecord[] {
    return (this.#openBatches.all([limit]) as Row[]).map(({ body }) => JSON.parse(body) as BatchRecord);
  }

  changeBatch(tenant: string, id: string, revision: number, change: BatchChange): BatchRecord {
    const found = this.getBatch(tenant, id);
    if (found === undefined) throw noSuch('batch', id);
    if (found.revision !== revision) throw revisionPassed();
    const changed = { ...found, ...change, revision: revision + 1 };
    this.#changeBatch.run([changed.expiresAt, hasEnded(changed), changed.revision, serializeCard(changed), id]);
    return changed;
  }
}

/** Before every other in a list of newest first. */
const NEWEST = [Number.MAX_SAFE_INTEGER, ''] as const;

const hasEnded = ({ status }: BatchRecord): 0 | 1 => (ENDED.has(status) ? 1 : 0);

const cardOf = <T>(row: unknown): T | undefined =>
  row === undefined ? undefined : (JSON.parse((row as Row).body) as T);

function placeOf(row: unknown, what: 'file' | 'batch', id: string): readonly [number, string] {
  if (row === undefined) throw noSuch(what, id);
  return [(row as Row).created_at, id];
}

function pageOf<T>(rows: readonly unknown[], limit: number): Page<T> {
  const cards = (rows as readonly Row[]).slice(0, limit).map(({ body }) => JSON.parse(body) as T);
  return { items: cards, more: rows.length > limit };
}
