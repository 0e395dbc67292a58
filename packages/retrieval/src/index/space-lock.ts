import type { Sql } from '../ports/database.ts';

/** "spac": held shared by whoever writes vectors, alone by whoever switches spaces, so that none is missing after a switch. */
const SPACE_LOCK = 0x73706163;

export async function shareSpaces(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock_shared($1)', [SPACE_LOCK]);
}

export async function ownSpaces(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [SPACE_LOCK]);
}
