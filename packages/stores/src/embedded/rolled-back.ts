import type { Connection } from './database.ts';
import type { BatchReply } from './protocol.ts';

/** Undoes what a failed batch has written, and says why none of it was done. */
export function rolledBack(db: Connection, error: unknown): BatchReply {
  let reason = messageOf(error);
  try {
    if (db.inTransaction) db.prepare('ROLLBACK').run([]);
  } catch (rollbackError) {
    reason += `; and it could not be rolled back: ${messageOf(rollbackError)}`;
  }
  if (isFull(error)) {
    foldBack(db);
    return [undefined, 'disk_full', 'The disk is full. What was acknowledged is kept; free some space, then retry.'];
  }
  return [undefined, 'storage_failed', `The database could not be written (${reason}). Check disk space and rights.`];
}

/** A log that is folded back is written anew from its beginning, which takes no room: the next try may find enough. */
function foldBack(db: Connection): void {
  try {
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // The file itself has to grow for it, and cannot. What is in the log is safe there.
  }
}

/** SQLite's own word for it, as an error carries it. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_FULL';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
