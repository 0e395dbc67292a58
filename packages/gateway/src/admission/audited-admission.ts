import type { AuditLog, Clock, Ledger } from '@plinth/stores';
import { Admission } from './admission.ts';
import { expiredRecord } from './expired-record.ts';

export interface AuditedAdmissionOptions {
  readonly ledger: Ledger;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** See AdmissionOptions. */
  readonly ttlMs: number;
  readonly sweepAll?: boolean;
  /** @param where What was being done: `sweep` or `upkeep`. */
  readonly logError: (error: unknown, where: string) => void;
}

/** Admission that leaves a record of every reservation whose holder was lost. */
export function auditedAdmission({ audit, clock, logError, ...options }: AuditedAdmissionOptions): Admission {
  return new Admission({
    ...options,
    onExpired: (lost) => {
      const records = lost.map((settlement) => expiredRecord(settlement, clock.now()));
      audit.append(records).catch((error: unknown) => logError(error, 'sweep'));
    },
    onError: (error) => logError(error, 'upkeep'),
  });
}
