import type { AuditRecord } from '@plinth/contracts';
import { auditBodies } from '../../audit/segment.ts';
import type { EmbeddedLedger } from '../../embedded/embedded-ledger.ts';
import type { GroupCommit } from '../../embedded/group-commit.ts';
import { CALL } from '../../embedded/protocol.ts';
import { checkTtl } from '../../ledger/check-request.ts';
import type { Clock } from '../../ports/clock.ts';
import { atMost, checkEnd, checkItem, OUTBOX_BOUNDS } from '../bounds.ts';
import type { NewOutboxItem, Outbox, OutboxAnswer, OutboxEnd, OutboxOwner } from '../outbox.ts';

/** The outbox in the file of ledger and audit log, written by the same thread. */
export class EmbeddedOutbox implements Outbox {
  readonly #queue: GroupCommit;
  readonly #ledger: EmbeddedLedger;
  readonly #clock: Clock;

  constructor(queue: GroupCommit, ledger: EmbeddedLedger, clock: Clock) {
    this.#queue = queue;
    this.#ledger = ledger;
    this.#clock = clock;
  }

  async keep(item: NewOutboxItem, options: Parameters<Outbox['keep']>[1]): Promise<OutboxAnswer> {
    checkItem(item);
    const { id, tenant } = item;
    const reserve = this.#ledger.operation({ ...options.reserve, id, tenant, standing: true });
    const operation = [CALL, 'keepInOutbox', item, reserve, options.most, auditBodies([options.audit])] as const;
    return (await this.#queue.submit(operation, weightOf(item.request.length))) as OutboxAnswer;
  }

  async get(owner: OutboxOwner, id: string) {
    return this.#queue.call('getOutbox', ownerOf(owner), id);
  }

  async list(owner: OutboxOwner, { limit, after }: Parameters<Outbox['list']>[1]) {
    return this.#queue.call('listOutbox', ownerOf(owner), atMost(limit, OUTBOX_BOUNDS.listed), after);
  }

  async waiting(after: number, limit: number) {
    return this.#queue.call('waitingInOutbox', after, atMost(limit, OUTBOX_BOUNDS.waiting));
  }

  async work(id: string) {
    return this.#queue.call('workOfOutbox', id);
  }

  async end(id: string, end: OutboxEnd, audit: readonly AuditRecord[]): Promise<boolean> {
    checkEnd(end);
    const operation = [CALL, 'endInOutbox', id, end, auditBodies(audit)] as const;
    return (await this.#queue.submit(operation, weightOf(end.response?.length ?? 0))) as boolean;
  }

  async renew(ttlMs: number): Promise<void> {
    checkTtl(ttlMs);
    await this.#queue.call('renewOutbox', this.#clock.now(), ttlMs);
  }

  async forget(endedBefore: number, limit: number): Promise<number> {
    return this.#queue.call('forgetOutbox', endedBefore, atMost(limit, OUTBOX_BOUNDS.forgotten));
  }

  async depth() {
    return this.#queue.call('depthOfOutbox');
  }
}

/** Without what else the caller's object may hold: it is copied to another thread. */
const ownerOf = ({ tenant, principal }: OutboxOwner): OutboxOwner => ({ tenant, principal });

/** A text of 20 million characters would never be taken by the queue: the longest counts as a fifth of it. */
const weightOf = (length: number): number => 1 + Math.min(4_000, Math.ceil(length / 1_024));
