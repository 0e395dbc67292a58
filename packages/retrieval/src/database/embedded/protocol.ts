import type { Row } from '../../ports/database.ts';
import type { Statement } from '../begin.ts';

export interface ThreadSettings {
  /** PostgreSQL's own folder. */
  readonly folder: string;
  /** Megabytes of PostgreSQL's page cache, inside the thread's memory. */
  readonly sharedBuffersMb: number;
}

/** Done in order, up to the first that fails. One without `values` may be several commands. */
export type Request = readonly Statement[] | typeof CLOSE;
export const CLOSE = 'close';

/** Rows of the last statement, or the state and words of what failed. */
export type Reply =
  readonly [rows: readonly Row[]] | readonly [rows: undefined, sqlState: string | undefined, message: string];

/** Sent once, when the database is open or could not be opened. */
export type OpenReply = readonly [ok: true] | readonly [ok: false, message: string];
