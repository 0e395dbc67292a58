import type { AuditTables } from '../../embedded/audit-tables.ts';
import type { LedgerEngine } from '../../embedded/ledger-engine.ts';
import { APPEND, SETTLE, type ReserveOp } from '../../embedded/protocol.ts';
import type { NewOutboxItem, OutboxAnswer, OutboxEnd } from '../outbox.ts';
import type { OutboxTables } from './outbox-tables.ts';

/** What happens to items of the outbox, with ledger and audit log in the same transaction. */
export class OutboxEngine {
  readonly #tables: OutboxTables;
  readonly #ledger: LedgerEngine;
  readonly #audit: AuditTables;

  constructor(tables: OutboxTables, ledger: LedgerEngine, audit: AuditTables) {
    this.#tables = tables;
    this.#ledger = ledger;
    this.#audit = audit;
  }

  keep(item: NewOutboxItem, reserve: ReserveOp, most: number, audit: readonly string[]): OutboxAnswer {
    const { idempotency } = item;
    const before = idempotency && this.#tables.named(item, idempotency.key);
    if (before !== undefined)
      return before.hash === idempotency?.hash ? { kind: 'known', item: before.item } : { kind: 'mismatch' };
    if (this.#tables.items() >= most) return { kind: 'full' };
    const refusal = this.#ledger.reserve(reserve, true);
    if (refusal !== 0) return { kind: 'refused', refusal };
    this.#audit.append([APPEND, ...audit]);
    return { kind: 'kept', item: this.#tables.add(item) };
  }

  end(id: string, end: OutboxEnd, audit: readonly string[]): boolean {
    const tenant = this.#tables.find(id)?.tenant;
    if (tenant === undefined || !this.#tables.end(id, end)) return false;
    const { inputTokens, outputTokens, nanoUsd } = end.used;
    // One that was lost in the meantime has been charged in full, and stays so.
    this.#ledger.settle([SETTLE, end.at, id, tenant, inputTokens, outputTokens, nanoUsd]);
    this.#audit.append([APPEND, ...audit]);
    return true;
  }

  renew(now: number, ttlMs: number): void {
    this.#ledger.renew(now, this.#tables.open(), ttlMs);
  }
}
