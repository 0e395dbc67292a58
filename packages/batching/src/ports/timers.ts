import { setTimeout } from 'node:timers/promises';

/**
 * Time as it goes by, in milliseconds since whenever; tests inject their own. It never jumps, and means nothing to another process: what is compared
 * with a deadline is a `Clock`.
 */
export interface Timers {
  now(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  wait: (ms, signal) =>
    setTimeout(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    }),
};
