import type { AuditRecord } from '@plinth/contracts';
import type { Amount, ReserveDecision, ReserveRequest } from '../ports/ledger.ts';

/** Whose requests they are: nobody else sees them. */
export interface OutboxOwner {
  readonly tenant: string;
  readonly principal: string;
}

/** From `waiting` to one of the others; nothing leaves those. */
export type OutboxStatus = 'waiting' | 'completed' | 'failed' | 'cancelled';

/** A request that waits for the link, or the answer it had. Times in milliseconds since the epoch. */
export interface OutboxItem extends OutboxOwner {
  readonly id: string;
  readonly status: OutboxStatus;
  readonly model: string;
  readonly createdAt: number;
  /** When it is given up. */
  readonly expiresAt: number;
  readonly endedAt: number | undefined;
  /** JSON of the answer. */
  readonly response: string | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** What is kept to carry a request out. */
export interface OutboxWork {
  readonly item: OutboxItem;
  /** JSON of the request's body. */
  readonly request: string;
  /** JSON of who asked, as they were when they did. */
  readonly identity: string;
}

export interface NewOutboxItem extends OutboxOwner {
  readonly id: string;
  readonly model: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly request: string;
  readonly identity: string;
  /** A name the caller gave, so that sending again gives the same item; and the SHA-256 of what was sent under it. */
  readonly idempotency: { readonly key: string; readonly hash: string } | undefined;
}

type Refused = Extract<ReserveDecision, { admitted: false }>;

export type OutboxAnswer =
  /** Durable, its worst case reserved. */
  | { readonly kind: 'kept'; readonly item: OutboxItem }
  /** There since an earlier time of asking. */
  | { readonly kind: 'known'; readonly item: OutboxItem }
  /** Something else was sent under this name before. */
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'full' }
  | { readonly kind: 'refused'; readonly refusal: Refused };

/** How an item ended, with what it came to. */
export interface OutboxEnd {
  readonly status: Exclude<OutboxStatus, 'waiting'>;
  readonly response?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly used: Amount;
  readonly at: number;
}

export interface OutboxPage {
  readonly items: readonly OutboxItem[];
  readonly more: boolean;
}

/**
 * Requests kept until they can be answered. It shares its file with ledger and audit log, and each change is one transaction over all three: an item
 * is there with its reservation and its record or not at all, and an answer is kept with its settlement and its record, once.
 */
export interface Outbox {
  /** @param most Items that may wait. The reservation of `reserve` is standing and has the item's id. */
  keep(
    item: NewOutboxItem,
    options: {
      readonly reserve: Omit<ReserveRequest, 'id' | 'tenant' | 'standing'>;
      readonly most: number;
      readonly audit: AuditRecord;
    },
  ): Promise<OutboxAnswer>;
  get(owner: OutboxOwner, id: string): Promise<OutboxItem | undefined>;
  /** Newest first, without answers. */
  list(owner: OutboxOwner, page: { readonly limit: number; readonly after?: string | undefined }): Promise<OutboxPage>;
  /** What waits, oldest first, after item number `after`. */
  waiting(
    after: number,
    limit: number,
  ): Promise<readonly { readonly number: number; readonly id: string; readonly expiresAt: number }[]>;
  /** `undefined` when it does not wait (any more). */
  work(id: string): Promise<OutboxWork | undefined>;
  /** False, and nothing is changed, when it has ended before. The records are appended with the end or not at all. */
  end(id: string, end: OutboxEnd, audit: readonly AuditRecord[]): Promise<boolean>;
  /** Moves the expiry of the reservations of all that waits. */
  renew(ttlMs: number): Promise<void>;
  /** Forgets items that ended before then, at most `limit` of them. How many there were. */
  forget(endedBefore: number, limit: number): Promise<number>;
  depth(): Promise<OutboxDepth>;
}

export interface OutboxDepth {
  readonly items: number;
  /** When the oldest of them came; `undefined` when none waits. */
  readonly oldestAt: number | undefined;
}
