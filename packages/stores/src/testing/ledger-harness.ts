import type { Ledger, LimitScope, Reservation, ReserveDecision } from '../ports/ledger.ts';
import type { ManualClock } from './manual-clock.ts';

export interface LedgerHarness {
  readonly ledger: Ledger;
  readonly clock: ManualClock;
  close(): Promise<void>;
}

export interface LedgerContractOptions {
  /** Runs of the property test. */
  readonly runs?: number;
}

/** 2026-03-14T15:09:26.000Z: in the middle of a minute, a day and a month. */
export const MIDDAY = Date.UTC(2026, 2, 14, 15, 9, 26);

let counter = 0;
/** A name no other test of this process uses. */
export const fresh = (prefix: string): string => `${prefix}-${(counter++).toString(36)}-${process.pid}`;

export const amount = (inputTokens: number, outputTokens = 0, nanoUsd = 0) => ({ inputTokens, outputTokens, nanoUsd });

export const tenantScope = (tenant: string, limits: LimitScope['limits']): LimitScope => ({
  scope: 'tenant',
  id: tenant,
  limits,
});

export const keyScope = (key: string, limits: LimitScope['limits']): LimitScope => ({ scope: 'key', id: key, limits });

export function admitted(decision: ReserveDecision): Reservation {
  if (!decision.admitted) throw new Error(`refused by ${decision.scope} ${decision.limit}`);
  return decision.reservation;
}
