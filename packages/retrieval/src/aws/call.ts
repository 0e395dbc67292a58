import { PlatformError } from '@plinth/contracts';
import { awsFailure } from './failure.ts';

export interface CallOptions {
  /** What is called, as the beginning of a sentence. */
  readonly what: string;
  /** The caller's. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** One call of an AWS client and the reading of its answer, bounded in time; whatever fails is a `PlatformError`. */
export async function callAws<T>(options: CallOptions, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { what, signal, timeoutMs } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    signal.throwIfAborted();
    return await call(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (signal.aborted) throw PlatformError.from(signal.reason, 'client_closed');
    // The SDK's own error says only that it was aborted.
    throw awsFailure(timeout.aborted ? timeout.reason : error, what);
  }
}
