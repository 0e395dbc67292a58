/** One row: column name to value. `bigint` columns arrive as strings, `timestamptz` as Date, arrays as arrays, `jsonb` parsed. */
export type Row = Record<string, unknown>;

export interface Sql {
  /** Values are bound as `$1…`, never written into the text. */
  query<T extends Row = Row>(text: string, values?: readonly unknown[]): Promise<readonly T[]>;
}

/** Who a transaction is for: the role it runs as, and whose rows row-level security shows it. */
export type DatabaseSession =
  | {
      readonly role: 'rag_reader';
      readonly tenant: string;
      readonly principal: string;
      readonly groups: readonly string[];
    }
  | { readonly role: 'rag_writer'; readonly tenant: string }
  /** Work on the queue, across tenants: the jobs table alone. */
  | { readonly role: 'rag_writer'; readonly tenant: undefined }
  /** Numbers and vectors of a tenant's questions and answers, and no text. */
  | { readonly role: 'rag_monitor'; readonly tenant: string }
  /** Migrations and upkeep. */
  | { readonly role: 'owner' };

/** PostgreSQL with pgvector, whichever way it runs. */
export interface Database {
  /**
   * Runs `work` in one transaction; commits when it resolves, rolls back when it throws. Throws `storage_failed` (retryable) where the database
   * is lost or too slow, `overloaded` where too many wait.
   */
  transaction<T>(
    session: DatabaseSession,
    work: (sql: Sql) => Promise<T>,
    options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<T>;
  close(): Promise<void>;
}
