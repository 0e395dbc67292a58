import Database from 'libsql';
import { PlatformError } from '@plinth/contracts';
import type { WorkerSettings } from './protocol.ts';
import { MIGRATIONS } from './schema.ts';

export type Connection = InstanceType<typeof Database>;

/** Another process that holds the file for longer than this fails the batch. */
const BUSY_TIMEOUT_MS = 5_000;
/**
 * Pages of the write-ahead log after which a commit folds it back into the file itself, 64 MB: only when the checkpoint thread, which
 * does so every few hundred commits, does not. Whoever shares such a commit waits.
 */
const CHECKPOINT_PAGES = 16_000;
/** 16 MB on a site, whose disk may be small, and where fewer wait. */
const SITE_CHECKPOINT_PAGES = 4_000;
/** After a checkpoint that a long reader held up, the log is cut back to this. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

/** Opens the file, brings its schema up to date and prepares it for one writer that is sure of every commit. */
export function openFile(
  settings: Pick<WorkerSettings, 'file' | 'durable' | 'site'>,
  migrations: readonly string[],
): Connection {
  const db = new Database(settings.file, { timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    db.exec('PRAGMA journal_mode = WAL');
    db.exec(`PRAGMA synchronous = ${settings.durable ? 'FULL' : 'OFF'}`);
    db.exec(`PRAGMA wal_autocheckpoint = ${settings.site ? SITE_CHECKPOINT_PAGES : CHECKPOINT_PAGES}`);
    db.exec(`PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`);
    migrate(db, migrations);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** The file of ledger, audit log, records and conversations. */
export function openDatabase(settings: WorkerSettings): Connection {
  const db = openFile(settings, MIGRATIONS);
  db.prepare("INSERT INTO meta (name, value) VALUES ('chain', ?) ON CONFLICT DO NOTHING").run([settings.chain]);
  return db;
}

function versionOf(db: Connection): number {
  const row = db.prepare('PRAGMA user_version').get([]) as { user_version: number };
  return row.user_version;
}

/** Each migration runs once, in order, and is recorded in the same transaction; two processes that start together take turns. */
function migrate(db: Connection, migrations: readonly string[]): void {
  const known = migrations.length;
  db.exec('BEGIN IMMEDIATE');
  try {
    const found = versionOf(db);
    if (found > known)
      throw new PlatformError(
        'configuration',
        `The database has schema ${found}, and this release knows schemas up to ${known}. Run the release that wrote it, or a newer one.`,
      );
    for (const sql of migrations.slice(found)) db.exec(sql);
    if (found < known) db.exec(`PRAGMA user_version = ${known}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
