import type { AuditRecord } from '@plinth/contracts';

export interface AuditEntry {
  readonly chain: string;
  /** 1 for the first record of a chain. */
  readonly sequence: number;
  /** Hex SHA-256 of the entry before, or 64 zeros. */
  readonly previousHash: string;
  /** Hex SHA-256 over chain, sequence, previousHash and `body`. */
  readonly hash: string;
  /** The record as JSON text, kept exactly as it was hashed. */
  readonly body: string;
}

export type AuditVerification =
  | { readonly ok: true; readonly chains: number; readonly records: number }
  | {
      readonly ok: false;
      readonly chains: number;
      readonly records: number;
      readonly chain: string;
      readonly sequence: number;
      readonly problem: string;
    };

/**
 * Append-only and hash-chained. A chain has one writer at a time; a writer that cannot share a chain starts its own. Heads are kept
 * apart from the entries, so that a chain cut short at its end is found too.
 */
export interface AuditLog {
  /** Durable when it resolves; records of one call stand next to each other, in order. */
  append(records: readonly AuditRecord[]): Promise<void>;
  read(options?: { chain?: string; afterSequence?: number; limit?: number }): AsyncIterable<AuditEntry>;
  verify(options?: { signal?: AbortSignal }): Promise<AuditVerification>;
}
