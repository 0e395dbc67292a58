import { PlatformError } from '@plinth/contracts';
import type { Amount, LimitScope, Reservation, ReserveRequest } from '../ports/ledger.ts';
import { budgetsOf } from './limit-rules.ts';

export const LEDGER_BOUNDS = {
  idLength: 128,
  /** A week: longer than any request lives. */
  ttlMs: 7 * 86_400_000,
  renewals: 10_000,
  sweep: 10_000,
  defaultSweep: 1_000,
} as const;

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;

const wrong = (message: string) => new PlatformError('internal', message);

export function checkAmount(amount: Amount, what: string): void {
  if (!isCount(amount.inputTokens) || !isCount(amount.outputTokens) || !isCount(amount.nanoUsd))
    throw wrong(`${what} must be whole numbers of tokens and nano-US-dollars, 0 or more.`);
}

export function checkTtl(ttlMs: number): void {
  if (!(Number.isSafeInteger(ttlMs) && ttlMs > 0 && ttlMs <= LEDGER_BOUNDS.ttlMs))
    throw wrong(`A reservation lives from 1 to ${LEDGER_BOUNDS.ttlMs} milliseconds; ${ttlMs} was asked for.`);
}

function checkName(value: string, what: string): void {
  if (value.length === 0 || value.length > LEDGER_BOUNDS.idLength)
    throw wrong(`${what} must have 1 to ${LEDGER_BOUNDS.idLength} characters.`);
}

export interface RequestScopes {
  readonly tenant: LimitScope | undefined;
  readonly key: LimitScope | undefined;
}

/** The present amount with what is less in `wanted`. */
export const lowered = (present: Amount, wanted: Amount): Amount => ({
  inputTokens: Math.min(present.inputTokens, wanted.inputTokens),
  outputTokens: Math.min(present.outputTokens, wanted.outputTokens),
  nanoUsd: Math.min(present.nanoUsd, wanted.nanoUsd),
});

export function checkLower(reservation: Reservation, worstCase: Amount): void {
  checkAmount(worstCase, 'The worst case');
  if (!reservation.standing) throw wrong('Only a standing reservation is lowered; settle any other.');
}

/**
 * Refuses what no ledger can hold, and sorts the scopes, with the limits that the request is held to. These are mistakes of the caller, so
 * the code is `internal`.
 */
export function checkReserve(request: ReserveRequest): RequestScopes {
  checkName(request.id, 'A reservation id');
  checkName(request.tenant, 'A tenant');
  checkAmount(request.worstCase, 'The worst case');
  checkTtl(request.ttlMs);
  let tenant: LimitScope | undefined;
  let key: LimitScope | undefined;
  for (const wanted of request.scopes) {
    const scope = request.standing ? { ...wanted, limits: budgetsOf(wanted.limits) } : wanted;
    if (scope.scope === 'tenant' ? tenant : key)
      throw wrong(`Two ${scope.scope} scopes in one reservation; give at most one of each.`);
    if (scope.scope === 'tenant') {
      if (scope.id !== request.tenant)
        throw wrong('The tenant scope must be the tenant that the reservation is made for.');
      tenant = scope;
    } else {
      checkName(scope.id, 'A key');
      key = scope;
    }
  }
  return { tenant, key };
}
