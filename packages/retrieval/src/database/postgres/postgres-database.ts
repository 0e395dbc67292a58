import { PlatformError } from '@plinth/contracts';
import type { PoolClient, PoolConfig } from 'pg';
import { Pool } from 'pg';
import type { Database, DatabaseSession, Row, Sql } from '../../ports/database.ts';
import type { Statement } from '../begin.ts';
import { beginStatements, DEFAULT_TIMEOUT_MS } from '../begin.ts';
import { fromSqlState } from '../sql-error.ts';
import { closed, Deadline, TransactionSql } from '../transaction-sql.ts';

export interface PostgresDatabaseParts {
  readonly pool: PoolConfig;
  /** Transactions that may wait for a connection. */
  readonly queueLimit: number;
  /** The role that the login user is, where it may not become another. */
  readonly role: string | undefined;
}

/** One transaction per connection of a pool. */
export class PostgresDatabase implements Database {
  readonly #pool: Pool;
  readonly #queueLimit: number;
  readonly #role: string | undefined;

  constructor({ pool, queueLimit, role }: PostgresDatabaseParts) {
    this.#pool = new Pool(pool);
    // An idle connection that breaks is replaced when the next is needed; without a listener it would end the process.
    this.#pool.on('error', () => undefined);
    this.#queueLimit = queueLimit;
    this.#role = role;
  }

  async transaction<T>(
    session: DatabaseSession,
    work: (sql: Sql) => Promise<T>,
    options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
  ): Promise<T> {
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    signal?.throwIfAborted();
    this.#checkRole(session);
    const client = await this.#connect(timeoutMs, signal);
    const deadline = new Deadline(timeoutMs, signal);
    const sql = new TransactionSql((statement) => ask(client, statement));
    const [begin, settings] = beginStatements(session, { timeoutMs, setRole: this.#role === undefined });
    let broken = true;
    try {
      await deadline.race(ask(client, { text: begin }));
      await deadline.race(ask(client, settings));
      const result = await deadline.race(work(sql));
      await deadline.race(sql.finish());
      await deadline.race(ask(client, { text: 'COMMIT' }));
      broken = false;
      return result;
    } catch (error) {
      broken = await deadline
        .race(sql.stop().then(() => ask(client, { text: 'ROLLBACK' })))
        .then(() => false)
        .catch(() => true);
      throw error;
    } finally {
      deadline.clear();
      // A connection in the middle of something is closed: the server rolls back.
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.ended && !this.#pool.ending) await this.#pool.end();
  }

  #checkRole(session: DatabaseSession): void {
    if (this.#role !== undefined && session.role !== 'owner' && session.role !== this.#role)
      throw new PlatformError(
        'configuration',
        `The database is signed in to as "${this.#role}", which may not work as "${session.role}". Give the service the other user.`,
      );
  }

  async #connect(timeoutMs: number, signal: AbortSignal | undefined): Promise<PoolClient> {
    if (this.#pool.ended || this.#pool.ending) throw closed();
    if (this.#pool.waitingCount >= this.#queueLimit)
      throw new PlatformError('overloaded', 'Too many wait for the database. Retry shortly.', { retryAfterSeconds: 1 });
    const deadline = new Deadline(timeoutMs, signal);
    const connecting = this.#pool.connect();
    try {
      return await deadline.race(connecting);
    } catch (error) {
      // A connection that comes after all goes back unused.
      connecting.then((late) => late.release()).catch(() => undefined);
      throw translated(error);
    } finally {
      deadline.clear();
    }
  }
}

async function ask(client: PoolClient, { text, values }: Statement): Promise<readonly Row[]> {
  try {
    const { rows } = await client.query<Row>(text, values ? [...values] : undefined);
    return rows;
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (error instanceof PlatformError || (error instanceof Error && error.name === 'AbortError')) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return fromSqlState(code, String(message));
  // Without a state it never came to a statement: the network, TLS, or a pool that waited too long.
  return new PlatformError(
    'storage_failed',
    'The database cannot be reached. Check its address and the network, and retry.',
    {
      cause: error,
    },
  );
}
