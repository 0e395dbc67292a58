import type { ErrorCode, PlatformError } from '@plinth/contracts';

export interface RetryRules {
  /** Tries that may fail; after so many the record is poison. @default 6 */
  readonly maxAttempts?: number;
  /** @default 1,000 */
  readonly firstWaitMs?: number;
  /** @default 60,000 */
  readonly longestWaitMs?: number;
}

/**
 * What a failure means. `refused`: the record is at fault, and final. `too_fast`: the engine is busy; it does not count, however often it comes,
 * for the deadline bounds it. `store`: nothing is known of the record, and its shard ends here. `failed`: counts as a try.
 */
export type FailureKind = 'refused' | 'too_fast' | 'store' | 'failed';

const TOO_FAST: ReadonlySet<ErrorCode> = new Set([
  'overloaded',
  'upstream_throttled',
  'rate_limit_exceeded',
  'concurrency_limit_exceeded',
]);

export function kindOf(error: PlatformError): FailureKind {
  if (TOO_FAST.has(error.code)) return 'too_fast';
  if (error.code === 'storage_failed' || error.code === 'disk_full') return 'store';
  return error.status < 500 && !error.retryable ? 'refused' : 'failed';
}

/** Milliseconds before the next try: any time up to twice as long as the time before, so that what failed together does not come back together. */
export function backoff(
  failures: number,
  error: PlatformError,
  { firstWaitMs = 1_000, longestWaitMs = 60_000 }: RetryRules,
  random: () => number,
): number {
  const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - 1));
  return Math.max(random() * longest, (error.retryAfterSeconds ?? 0) * 1_000);
}
