import { PlatformError, type Identity } from '@plinth/contracts';
import { NOTHING, refusalError } from '@plinth/gateway';
import type { Amount, Clock, Ledger, Reservation } from '@plinth/stores';
import type { BatchRecord } from '@plinth/stores/batches';
import { identityOfBatch } from '../batches/identity.ts';

/** The longest a ledger takes; renewed every hour. A platform that is off for less loses nothing. */
export const RESERVED_MS = 7 * 86_400_000;

type Target = Pick<BatchRecord, 'id' | 'tenant' | 'identity' | 'createdAt' | 'reservation'>;

/** What holds the money of a batch: one reservation under its own id, so that whoever asks again finds it. */
export function reservationOf({ id, tenant, identity, createdAt, reservation }: Target): Reservation {
  return (
    reservation ?? {
      id,
      tenant,
      keyId: identityOfBatch({ identity }).scopeId,
      worstCase: NOTHING,
      reservedAt: createdAt,
      expiresAt: createdAt + RESERVED_MS,
      standing: true,
    }
  );
}

/** Reserves the worst case of a batch, once however often it is asked. Gives the refusal where it is over a budget. */
export async function reserve(
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  batch: Target,
  worstCase: Amount,
): Promise<Reservation | PlatformError> {
  const { id, tenant } = batch;
  const identity = identityOfBatch(batch);
  try {
    const scopes = scopesOf(identity);
    const decision = await ledger.reserve({ id, tenant, scopes, worstCase, ttlMs: RESERVED_MS, standing: true });
    return decision.admitted ? decision.reservation : refused(refusalError(decision), worstCase);
  } catch (error) {
    // Of an attempt that was broken off before it wrote that down, or of somebody who was quicker.
    if (PlatformError.from(error).code !== 'conflict') throw error;
    const intended = { ...reservationOf(batch), worstCase, reservedAt: clock.now() };
    return (await ledger.lower(intended, worstCase)) ?? intended;
  }
}

function scopesOf({ tenant, tenantLimits, scopeId, scopeLimits }: Identity) {
  return [
    { scope: 'tenant' as const, id: tenant, limits: tenantLimits },
    { scope: 'key' as const, id: scopeId, limits: scopeLimits },
  ];
}

function refused(error: PlatformError, { inputTokens, outputTokens, nanoUsd }: Amount): PlatformError {
  const worst = `${inputTokens + outputTokens} tokens and ${(nanoUsd / 1e9).toFixed(2)} US dollars`;
  return new PlatformError(error.code, `At worst the batch comes to ${worst}. ${error.message}`);
}
