import { PlatformError } from '@plinth/contracts';
import type { Row, Sql } from '../ports/database.ts';
import type { Statement } from './begin.ts';

/**
 * What the work of a transaction asks through: one statement after another, none once the transaction is over, and none after one that failed,
 * since PostgreSQL has given the transaction up by then and would answer its COMMIT with a silent rollback.
 */
export class TransactionSql implements Sql {
  readonly #send: (statement: Statement) => Promise<readonly Row[]>;
  #last: Promise<unknown> = Promise.resolve();
  #stopped: Error | undefined;

  constructor(send: (statement: Statement) => Promise<readonly Row[]>) {
    this.#send = send;
  }

  async query<T extends Row = Row>(text: string, values: readonly unknown[] = []): Promise<readonly T[]> {
    const rows = this.#last.then(() => {
      if (this.#stopped) throw this.#stopped;
      return this.#send({ text, values });
    });
    this.#last = rows.catch((error: unknown) => {
      this.#stopped ??= error as Error;
    });
    return (await rows) as readonly T[];
  }

  /** Resolves when nothing is under way any more; whatever is asked from now on is refused with `reason`. */
  async stop(
    reason: Error = new PlatformError('internal', 'A query was sent after its transaction was over.'),
  ): Promise<void> {
    this.#stopped ??= reason;
    await this.#last;
  }

  /** As `stop`, but throws what a statement failed with, even where the work went on. */
  async finish(): Promise<void> {
    await this.#last;
    if (this.#stopped) throw this.#stopped;
    await this.stop();
  }
}

export function tooSlow(): PlatformError {
  return new PlatformError('storage_failed', 'The database took too long and was stopped. Retry, or ask for less.');
}

export function closed(): PlatformError {
  return new PlatformError('storage_failed', 'The database is closed.');
}

/** Runs until `timeoutMs` have passed or the signal aborts; `race` then throws, and the caller cleans up. */
export class Deadline {
  readonly #passed: Promise<never>;
  readonly #clear: () => void;

  constructor(timeoutMs: number, signal: AbortSignal | undefined) {
    let clear = () => {};
    this.#passed = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(tooSlow()), timeoutMs);
      const onAbort = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', onAbort);
      clear = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
    });
    this.#passed.catch(() => undefined);
    this.#clear = clear;
  }

  race<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#passed]);
  }

  clear(): void {
    this.#clear();
  }
}
