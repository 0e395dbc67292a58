import { PlatformError, type ErrorCode } from '@plinth/contracts';
import type { CallOutcome, RouteAnswer } from '../router.ts';

/** The place is at fault, whoever asked: its connection, its silence, its settings. */
const FAULTS: ReadonlySet<ErrorCode> = new Set(['upstream_failed', 'upstream_timeout', 'configuration', 'internal']);
const FULL: ReadonlySet<ErrorCode> = new Set(['overloaded', 'upstream_throttled']);

/** What a failed call says about the place it was made to. */
export function outcomeOf({ code, retryAfterSeconds }: PlatformError): CallOutcome {
  if (FULL.has(code))
    return retryAfterSeconds === undefined
      ? { kind: 'overloaded' }
      : { kind: 'overloaded', retryAfterMs: retryAfterSeconds * 1_000 };
  return { kind: FAULTS.has(code) ? 'failed' : 'void' };
}

type Refused = Extract<RouteAnswer, { kind: 'refused' }>;

/** A request that no place took, as its caller sees it. @param last What the places that were tried said, if any was. */
export function refusedError(modelId: string, { why, retryAfterMs }: Refused, last?: PlatformError): PlatformError {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  if (last !== undefined) {
    if (!last.retryable || last.retryAfterSeconds !== undefined) return last;
    return new PlatformError(last.code, last.message, { cause: last.cause, retryAfterSeconds });
  }
  if (why === 'nowhere')
    return new PlatformError('permission_denied', `Model "${modelId}" has no place that this request may go to.`);
  if (why === 'down')
    return new PlatformError(
      'upstream_failed',
      `Every place that runs "${modelId}" is out of order. Retry in ${retryAfterSeconds} s.`,
      { retryAfterSeconds },
    );
  return new PlatformError(
    'overloaded',
    `Every place that runs "${modelId}" is taken. Retry in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  );
}
