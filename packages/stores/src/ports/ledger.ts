import type { LimitName, Limits } from '@plinth/contracts';

/** What a request may use at worst, or did use. Tokens in counts, money in nano-US-dollars. */
export interface Amount {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly nanoUsd: number;
}

/** One scope whose limits a request is held to: the tenant, or one key or user of it. */
export interface LimitScope {
  readonly scope: 'tenant' | 'key';
  readonly id: string;
  readonly limits: Limits;
}

export interface ReserveRequest {
  /** Unique per reservation; the ledger refuses to hold two of one id. */
  readonly id: string;
  readonly tenant: string;
  /** The tenant's own scope, then the key's. */
  readonly scopes: readonly LimitScope[];
  readonly worstCase: Amount;
  /** How long the reservation lives without being renewed, milliseconds. */
  readonly ttlMs: number;
  /**
   * Of work that takes hours, such as a batch: held to the budgets of day and month alone, and counted as one request of both. It takes
   * nothing of a minute and no slot, so that a tenant's other requests go on beside it.
   */
  readonly standing?: true;
}

/** A reservation in force. Keep it: `settle` and `renew` need it whole. */
export interface Reservation {
  readonly id: string;
  readonly tenant: string;
  readonly keyId: string | undefined;
  readonly worstCase: Amount;
  readonly reservedAt: number;
  readonly expiresAt: number;
  readonly standing?: true;
}

export type ReserveDecision =
  | { readonly admitted: true; readonly reservation: Reservation }
  | {
      readonly admitted: false;
      /**
       * A limit that stood in the way: of several, the one that takes longest to clear (ties: the tenant's, then the order of `Limits`),
       * so that whoever waits `retryAfterMs` does not run into the next.
       */
      readonly limit: LimitName;
      readonly scope: 'tenant' | 'key';
      /** Milliseconds until trying again can help: to the end of the minute, day or month, or a short wait for a concurrency slot. */
      readonly retryAfterMs: number;
      /** True when the request alone is larger than the limit, so that waiting cannot help. */
      readonly neverFits: boolean;
    };

/** What a reservation came to. `expired` means its holder was lost and the worst case was charged in full. */
export interface Settlement {
  readonly id: string;
  readonly tenant: string;
  readonly keyId: string | undefined;
  readonly charged: Amount;
  readonly expired: boolean;
}

export interface PeriodUsage {
  readonly requests: number;
  readonly tokens: number;
  readonly nanoUsd: number;
}

/** Use of one scope now, reservations in force included. */
export interface ScopeUsage {
  readonly scope: 'tenant' | 'key';
  readonly id: string;
  readonly minute: PeriodUsage;
  readonly day: PeriodUsage;
  readonly month: PeriodUsage;
  readonly concurrentRequests: number;
}

/**
 * Budgets and rate limits of tenants. All of a tenant's counters change in one atomic step, so that no concurrency of callers, processes
 * or machines can pass a limit.
 *
 * A request counts against calendar minutes, days and months in UTC, at the instant it is reserved; settling corrects the same periods.
 * A reservation whose holder died is charged in full once it expires: the provider may have billed for it, and a budget that could be
 * passed by crashing is none. The concurrency slot is given back.
 */
export interface Ledger {
  /** Admits and reserves, or refuses and changes nothing. Durable when it resolves. */
  reserve(request: ReserveRequest): Promise<ReserveDecision>;
  /** Replaces the reservation by what was really used. Settling twice, or after expiry, changes nothing and resolves to `undefined`. */
  settle(reservation: Reservation, used: Amount): Promise<Settlement | undefined>;
  /** Moves the expiry of reservations that are still in use to now + ttl. Those already gone are left out of the answer. */
  renew(reservations: readonly Reservation[], ttlMs: number): Promise<readonly string[]>;
  /**
   * Charges and removes reservations past their expiry, at most `limit` of them (default 1,000). With `tenant`, of that tenant alone.
   * Each one is handed out once; its slot is free from the moment it expired, swept or not.
   */
  sweep(options?: { tenant?: string; limit?: number }): Promise<readonly Settlement[]>;
  /**
   * Brings a standing reservation down to what its work can still come to at worst: each part of the amount that is less than the present
   * one replaces it, and none is ever raised. May be repeated. What it stands at then; `undefined` when it is gone.
   */
  lower(reservation: Reservation, worstCase: Amount): Promise<Reservation | undefined>;
  usage(tenant: string): Promise<readonly ScopeUsage[]>;
}
