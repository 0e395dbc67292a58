import { PlatformError } from '@plinth/contracts';

/** What a request failed with. An abort carries its reason: our own deadline, or else the client having left. */
export function failureOf(error: unknown, signal: AbortSignal): PlatformError {
  if (!signal.aborted) return PlatformError.from(error);
  if (signal.reason instanceof PlatformError) return signal.reason;
  return new PlatformError('client_closed', 'The client closed the connection.', { cause: error });
}
