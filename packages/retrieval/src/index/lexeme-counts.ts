import type { Database, Sql } from '../ports/database.ts';

/** Up to this many passages, counts are made exact whenever the tenant's queue is empty. */
const EXACT_BELOW = 5_000;
const TIMEOUT_MS = 300_000;

/**
 * Counts anew in how many passages of a tenant each lexeme is, where the corpus grew or shrank by a tenth, and for a small one when nothing more is to come:
 * the work of all counts together stays in proportion to the corpus. Resolves to whether it counted.
 */
export async function refreshLexemeCounts(database: Database, tenant: string): Promise<boolean> {
  return database.transaction({ role: 'rag_writer', tenant }, (sql) => refresh(sql, tenant), { timeoutMs: TIMEOUT_MS });
}

async function refresh(sql: Sql, tenant: string): Promise<boolean> {
  const [due] = await sql.query(
    `SELECT FROM plinth.corpora c WHERE c.tenant = $1 AND (abs(c.passages - c.counted) * 10 > c.counted OR c.passages <= $2
       AND NOT EXISTS (SELECT FROM plinth.jobs j WHERE j.tenant = $1 AND j.state IN ('queued', 'running')))`,
    [tenant, EXACT_BELOW],
  );
  if (!due) return false;
  // Somebody else is at it: the next completion looks again.
  const [lock] = await sql.query<{ mine: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 1)) AS mine',
    [tenant],
  );
  if (!lock!.mine) return false;
  // Row-level security leaves the inner query this tenant's passages alone. A lexeme of one passage needs no row.
  await sql.query(`DELETE FROM plinth.lexeme_counts WHERE tenant = $1`, [tenant]);
  await sql.query(
    `INSERT INTO plinth.lexeme_counts (tenant, lexeme, passages)
     SELECT $1, word, ndoc FROM ts_stat('SELECT lexemes FROM plinth.passages WHERE tenant = plinth.tenant()') WHERE ndoc > 1`,
    [tenant],
  );
  await sql.query('UPDATE plinth.corpora SET counted = passages WHERE tenant = $1', [tenant]);
  return true;
}
