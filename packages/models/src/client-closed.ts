import { PlatformError } from '@plinth/contracts';

/** The error a stream ends with once its caller has aborted. */
export function clientClosed(signal: AbortSignal): PlatformError {
  return new PlatformError('client_closed', 'The request was cancelled.', { cause: signal.reason });
}
