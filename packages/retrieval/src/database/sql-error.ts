import type { ErrorCode } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';

/** What PostgreSQL said, without its details: those quote rows. */
export class SqlError extends Error {
  /** Five characters: https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly sqlState: string | undefined;

  constructor(sqlState: string | undefined, message: string) {
    super(message);
    this.name = 'SqlError';
    this.sqlState = sqlState;
  }
}

/** By whole state first, then by class (its first two characters). */
const MEANINGS: Readonly<Record<string, readonly [code: ErrorCode, message: string]>> = {
  '57014': ['storage_failed', 'The database took too long and was stopped. Retry, or ask for less.'],
  '55P03': ['storage_failed', 'The database was busy with the same rows for too long. Retry shortly.'],
  '53300': ['overloaded', 'The database has no connection left. Retry shortly.'],
  '40001': ['conflict', 'Somebody else changed the same rows. Retry.'],
  '40P01': ['conflict', 'Somebody else changed the same rows. Retry.'],
  '42501': ['configuration', 'The database refuses this to the role. Run the migrations, and check who signs in.'],
  '42P01': ['configuration', 'The database lacks a table of the index. Run the migrations.'],
  '3F000': ['configuration', 'The database lacks the schema of the index. Run the migrations.'],
  '08': ['storage_failed', 'The connection to the database was lost. Retry shortly.'],
  '22': ['invalid_request', 'The database cannot keep a value: it is out of range or has characters no text may have.'],
  '28': ['configuration', 'The database does not let the service in. Check the user, its rights and its token.'],
  '3D': ['configuration', 'The database does not exist. Check its name.'],
  '53': ['storage_failed', 'The database is out of memory or disk. Free some, then retry.'],
  '57': ['storage_failed', 'The database is shutting down or starting. Retry shortly.'],
  '58': ['storage_failed', 'The database cannot read or write its files. Check disk space and rights.'],
  XX: ['storage_failed', 'The database found its own data damaged or failed inside. See its log.'],
};

/** Any failure of a statement as the platform's error; PostgreSQL's own words are the cause, for logs alone. */
export function fromSqlState(sqlState: string | undefined, message: string): PlatformError {
  const cause = new SqlError(sqlState, message);
  const meaning = sqlState === undefined ? undefined : (MEANINGS[sqlState] ?? MEANINGS[sqlState.slice(0, 2)]);
  if (!meaning) return new PlatformError('internal', 'The database refused a statement.', { cause });
  return new PlatformError(meaning[0], meaning[1], { cause });
}
