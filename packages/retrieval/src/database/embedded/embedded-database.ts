import type { Database, DatabaseSession, Sql } from '../../ports/database.ts';
import { beginStatements, DEFAULT_TIMEOUT_MS } from '../begin.ts';
import { closed, Deadline, TransactionSql } from '../transaction-sql.ts';
import { ArrivalQueue } from './arrival-queue.ts';
import type { DatabaseThread } from './database-thread.ts';

export interface EmbeddedDatabaseParts {
  readonly first: DatabaseThread;
  readonly restart: () => Promise<DatabaseThread>;
  readonly queueLimit: number;
  readonly onClose: () => Promise<void>;
}

/**
 * One connection, so one transaction at a time, in order of arrival: a transaction inside another waits for itself. PostgreSQL cannot be interrupted
 * on its thread, so a statement past its time costs the thread: it is ended as by a crash, and the next transaction starts another.
 */
export class EmbeddedDatabase implements Database {
  readonly #restart: () => Promise<DatabaseThread>;
  readonly #onClose: () => Promise<void>;
  readonly #queue: ArrivalQueue;
  #thread: DatabaseThread;
  #closing = false;

  constructor({ first, restart, queueLimit, onClose }: EmbeddedDatabaseParts) {
    this.#thread = first;
    this.#restart = restart;
    this.#onClose = onClose;
    this.#queue = new ArrivalQueue({ limit: queueLimit });
  }

  async transaction<T>(
    session: DatabaseSession,
    work: (sql: Sql) => Promise<T>,
    options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
  ): Promise<T> {
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    if (this.#closing) throw closed();
    const leave = await this.#queue.enter({ timeoutMs, signal });
    try {
      if (this.#closing) throw closed();
      if (this.#thread.ended) this.#thread = await this.#restart();
      return await this.#run(session, work, timeoutMs, signal);
    } finally {
      leave();
    }
  }

  /** Waits for the transaction that runs; those that wait are refused. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const leave = await this.#queue.enter({ timeoutMs: 10 * DEFAULT_TIMEOUT_MS });
    await this.#thread.close();
    leave();
    await this.#onClose();
  }

  async #run<T>(
    session: DatabaseSession,
    work: (sql: Sql) => Promise<T>,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const thread = this.#thread;
    const [begin, settings] = beginStatements(session, { timeoutMs, setRole: true });
    const sql = new TransactionSql((statement) => thread.run([statement]));
    // A statement cannot be stopped without the thread, so an abort is heard between two of them, by whoever asks for the next.
    const deadline = new Deadline(timeoutMs, undefined);
    const onAbort = () => void sql.stop(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort);
    try {
      await deadline.race(thread.run([{ text: begin }, settings]));
      const result = await deadline.race(work(sql));
      await deadline.race(sql.finish());
      await deadline.race(thread.run([{ text: 'COMMIT' }]));
      return result;
    } catch (error) {
      await deadline.race(sql.stop()).catch(() => undefined);
      await this.#rollBack(thread);
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      deadline.clear();
    }
  }

  async #rollBack(thread: DatabaseThread): Promise<void> {
    if (thread.busy) await thread.kill();
    if (thread.ended) return;
    try {
      await thread.run([{ text: 'ROLLBACK' }]);
    } catch {
      // A connection that cannot roll back is of no use; a new one has no transaction.
      await thread.kill();
    }
  }
}
