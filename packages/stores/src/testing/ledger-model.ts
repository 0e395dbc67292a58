import type { Limits } from '@plinth/contracts';
import type { Amount, PeriodUsage, ReserveDecision, ReserveRequest, Reservation, ScopeUsage } from '../ports/ledger.ts';
import { LIMIT_RULES, neededOf } from '../ledger/limit-rules.ts';
import { periodsOf } from '../ledger/periods.ts';

export interface ModelReservation {
  readonly reservation: Reservation;
  expiresAt: number;
  /** What it is counted as: the worst case, as it was last brought down, until it is settled, and for good when it expires. */
  counted: Amount;
  end: 'settled' | 'swept' | undefined;
}

/** A ledger in the plainest form: a list of all there ever was, summed up whenever somebody asks. */
export class LedgerModel {
  readonly all: ModelReservation[] = [];

  add(reservation: Reservation): void {
    const { worstCase, expiresAt } = reservation;
    this.all.push({ reservation, expiresAt, counted: worstCase, end: undefined });
  }

  inForce(now: number): ModelReservation[] {
    return this.all.filter(({ end, expiresAt }) => end === undefined && expiresAt > now);
  }

  usage(tenant: string, keyId: string | undefined, now: number): ScopeUsage {
    const mine = this.all.filter(
      ({ reservation }) => reservation.tenant === tenant && (keyId === undefined || reservation.keyId === keyId),
    );
    const today = periodsOf(now);
    const of = (period: 'minute' | 'day' | 'month'): PeriodUsage => {
      const sum = { requests: 0, tokens: 0, nanoUsd: 0 };
      for (const { reservation, counted } of mine) {
        if (reservation.standing && period === 'minute') continue;
        if (periodsOf(reservation.reservedAt)[period] !== today[period]) continue;
        sum.requests += 1;
        sum.tokens += counted.inputTokens + counted.outputTokens;
        sum.nanoUsd += counted.nanoUsd;
      }
      return sum;
    };
    const concurrentRequests = mine.filter(
      ({ reservation, end, expiresAt }) => !reservation.standing && end === undefined && expiresAt > now,
    ).length;
    return {
      scope: keyId === undefined ? 'tenant' : 'key',
      id: keyId ?? tenant,
      minute: of('minute'),
      day: of('day'),
      month: of('month'),
      concurrentRequests,
    };
  }
}

export function usedAgainst(usage: ScopeUsage): number[] {
  return LIMIT_RULES.map(({ period, metric }) => (period === 'now' ? usage.concurrentRequests : usage[period][metric]));
}

/** Limits that `usage` is over. */
export const overspent = (usage: ScopeUsage, limits: Limits): string[] =>
  LIMIT_RULES.filter(({ name }, index) => usedAgainst(usage)[index]! > (limits[name] ?? Number.POSITIVE_INFINITY)).map(
    ({ name }) => name,
  );

/** True when the limit named could have stood in the way: with `most` in use, the most there was at any time, it does not fit. */
export function isJustified(
  decision: Extract<ReserveDecision, { admitted: false }>,
  most: ScopeUsage,
  limits: Limits,
  { worstCase, standing }: Pick<ReserveRequest, 'worstCase' | 'standing'>,
): boolean {
  const { period } = LIMIT_RULES.find(({ name }) => name === decision.limit)!;
  if (standing && period !== 'day' && period !== 'month') return false;
  const index = LIMIT_RULES.findIndex(({ name }) => name === decision.limit);
  const limit = limits[decision.limit];
  const need = neededOf(worstCase)[index]!;
  return limit !== undefined && usedAgainst(most)[index]! + need > limit && decision.neverFits === need > limit;
}
