import { PlatformError } from '@plinth/contracts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;

/** What becomes of a job that failed: another attempt after a while, or an end, with the reason in words for the person who sent the document. */
export interface Verdict {
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
}

/**
 * Failures that may pass by themselves are tried again, each time after about four times as long, up to `attempts`. What the document itself
 * is the reason of, or what we know nothing of, ends it at once. @param random From 0 to 1.
 */
export function judge(thrown: unknown, attempt: number, options: { attempts: number; random: () => number }): Verdict {
  const error = PlatformError.from(thrown);
  if (!error.retryable || attempt >= options.attempts) return { reason: error.message, retryAfterMs: undefined };
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 4 ** (attempt - 1));
  // Half of it by chance, so that what failed together does not come back together.
  const jittered = wait * (0.5 + options.random() / 2);
  return { reason: error.message, retryAfterMs: Math.max(jittered, (error.retryAfterSeconds ?? 0) * 1_000) };
}
