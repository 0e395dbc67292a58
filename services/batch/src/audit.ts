import type { AuditRecord, Identity } from '@plinth/contracts';
import type { AuditLog, Clock } from '@plinth/stores';

/** What is decided about files and batches, as the audit log names it. */
export type BatchAction =
  'file.created' | 'file.deleted' | 'batch.created' | 'batch.refused' | 'batch.cancelled' | 'batch.ended';

export interface Recorder {
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
}

/** Leaves a record; what cannot be kept is not acknowledged. */
export async function record(
  { audit, clock }: Recorder,
  { tenant, principal }: Pick<Identity, 'tenant' | 'principal'>,
  what: { readonly requestId: string; readonly action: BatchAction } & Partial<AuditRecord>,
): Promise<void> {
  await audit.append([{ at: clock.now(), outcome: 'allowed', tenant, principal, ...what }]);
}
