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
  return [undefined, 'storage_failed', `The database could not be written (${reason}). Check disk space and rights.`];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
