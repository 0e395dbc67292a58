import type { AuditRecord } from '@plinth/contracts';
import type { Settlement } from '@plinth/stores';

/** The audit record of a reservation whose holder was lost, and which was charged in full. */
export function expiredRecord({ id, tenant, charged }: Settlement, at: number): AuditRecord {
  return {
    at,
    requestId: id,
    action: 'reservation.expired',
    outcome: 'expired',
    tenant,
    reservationId: id,
    reason: 'holder lost',
    inputTokens: charged.inputTokens,
    outputTokens: charged.outputTokens,
    nanoUsd: charged.nanoUsd,
    usageEstimated: true,
  };
}
