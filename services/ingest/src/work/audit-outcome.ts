import type { AuditRecord, PlatformError } from '@plinth/contracts';
import type { IngestJob } from '@plinth/retrieval';
import type { Outcome } from './worker.ts';

/** The audit record of a job that ended, or undefined of one that is worked on again. Names no document: an id may say what is in it. */
export function auditOutcome(
  job: IngestJob,
  outcome: Outcome,
  error: PlatformError | undefined,
  at: number,
): AuditRecord | undefined {
  if (outcome !== 'done' && outcome !== 'dead') return undefined;
  return {
    at,
    requestId: `job-${job.jobId}`,
    action: job.kind === 'delete' ? 'document.forgotten' : 'document.indexed',
    outcome: outcome === 'done' ? 'allowed' : 'failed',
    tenant: job.tenant,
    ...(error !== undefined && { reason: error.code }),
  };
}
