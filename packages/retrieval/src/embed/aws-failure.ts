import { PlatformError } from '@plinth/contracts';

/** A failure of an AWS client as ours, without its message: that may quote the text. */
export function awsFailure(error: unknown, what: string, signal: AbortSignal): PlatformError {
  if (error instanceof PlatformError) return error;
  if (signal.aborted) return PlatformError.from(signal.reason, 'client_closed');
  const name = error instanceof Error ? error.name : '';
  const status = (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode ?? 0;
  if (/Throttling|TooManyRequests/.test(name) || status === 429)
    return new PlatformError('upstream_throttled', `${what} is asked too often. Retry shortly.`, { cause: error });
  if (/Timeout/.test(name))
    return new PlatformError('upstream_timeout', `${what} took too long. Retry shortly.`, { cause: error });
  if (/AccessDenied/.test(name))
    return new PlatformError('configuration', `${what} may not be called. Grant it to this role.`, { cause: error });
  if (status >= 400 && status < 500)
    return new PlatformError('upstream_rejected', `${what} refused the call. Check its name and its settings.`, {
      cause: error,
    });
  return new PlatformError('upstream_failed', `${what} did not answer. Retry shortly.`, { cause: error });
}
