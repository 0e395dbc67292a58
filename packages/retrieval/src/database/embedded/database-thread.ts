import { Worker } from 'node:worker_threads';
import { PlatformError } from '@plinth/contracts';
import type { Row } from '../../ports/database.ts';
import type { Statement } from '../begin.ts';
import { fromSqlState } from '../sql-error.ts';
import type { OpenReply, Reply, Request, ThreadSettings } from './protocol.ts';
import { CLOSE } from './protocol.ts';
import { workerUrl } from './worker-url.ts';

interface Pending {
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: PlatformError) => void;
}

/** A thread with PostgreSQL on it. One request at a time: the queue is in front of it. */
export class DatabaseThread {
  readonly #worker: Worker;
  #pending: Pending | undefined;
  #ended = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => this.#end(error));
    worker.on('exit', (code) => this.#end(new Error(`The database thread ended with code ${code}.`)));
  }

  /** Starts the thread and waits until the database is open. */
  static async start(settings: ThreadSettings, url: URL = workerUrl()): Promise<DatabaseThread> {
    const worker = new Worker(url, { workerData: settings, execArgv: [], name: 'plinth-retrieval' });
    const reply = await new Promise<OpenReply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`The database thread ended with code ${code}.`)));
    }).catch((error: unknown) => {
      throw new PlatformError('storage_failed', 'The database thread did not start.', { cause: error });
    });
    // By name: the worker keeps listeners of its own under other names.
    for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
    if (reply[0]) return new DatabaseThread(worker);
    await worker.terminate();
    throw new PlatformError(
      'storage_failed',
      `The database in "${settings.folder}" did not open. Check disk space and rights; documents can be ingested anew into another folder.`,
      { cause: new Error(reply[1]) },
    );
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether it is at work on a request. */
  get busy(): boolean {
    return this.#pending !== undefined;
  }

  /** Runs the statements in order; resolves to the rows of the last. */
  run(statements: readonly Statement[]): Promise<readonly Row[]> {
    if (this.#ended)
      return Promise.reject(new PlatformError('storage_failed', 'The database was lost. Retry shortly.'));
    if (this.#pending)
      return Promise.reject(new PlatformError('internal', 'A query was sent before the one before it was done.'));
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#worker.postMessage(statements satisfies Request);
    });
  }

  /** Ends the thread wherever it is, as a crash would: PostgreSQL recovers from its log at the next start. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
    this.#end(new Error('The database thread was stopped.'));
  }

  /** Lets PostgreSQL write what it holds, and ends the thread. */
  async close(): Promise<void> {
    if (this.#ended) return;
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.postMessage(CLOSE satisfies Request);
    await exited;
  }

  #settle(reply: Reply): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (!pending) return;
    if (reply[0]) pending.resolve(reply[0]);
    else pending.reject(fromSqlState(reply[1], reply[2]));
  }

  #end(cause: unknown): void {
    this.#ended = true;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(new PlatformError('storage_failed', 'The database was lost. Retry shortly.', { cause }));
  }
}
