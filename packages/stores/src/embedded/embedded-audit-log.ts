import type { AuditRecord } from '@plinth/contracts';
import { auditBodies } from '../audit/segment.ts';
import type { AuditEntry, AuditLog, AuditVerification } from '../ports/audit-log.ts';
import type { VerifyStep } from './audit-tables.ts';
import type { GroupCommit } from './group-commit.ts';
import { APPEND } from './protocol.ts';

/** One chain for the whole file, written by its database thread: processes that share the file take turns by its write lock. */
export class EmbeddedAuditLog implements AuditLog {
  readonly #queue: GroupCommit;

  constructor(queue: GroupCommit) {
    this.#queue = queue;
  }

  async append(records: readonly AuditRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#queue.submit([APPEND, ...auditBodies(records)], records.length);
  }

  async *read(
    options: { chain?: string; afterSequence?: number; limit?: number } = {},
  ): AsyncGenerator<AuditEntry, void> {
    let after = options.afterSequence ?? 0;
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const entries = await this.#queue.call('readAudit', options.chain, after);
      for (const entry of entries.slice(0, left)) yield entry;
      const last = entries.at(-1);
      if (!last) return;
      after = last.sequence;
      left -= entries.length;
    }
  }

  async verify(options: { signal?: AbortSignal } = {}): Promise<AuditVerification> {
    let step: VerifyStep | undefined;
    do {
      options.signal?.throwIfAborted();
      step = await this.#queue.call('verifyAudit', step);
    } while (!step.done);
    const records = step.reached.sequence;
    if (step.problem) return { ok: false, chains: 1, records, chain: step.chain, ...step.problem };
    return { ok: true, chains: records > 0 ? 1 : 0, records };
  }
}
