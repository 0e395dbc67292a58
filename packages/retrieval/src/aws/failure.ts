import { PlatformError } from '@plinth/contracts';

/** A failure of an AWS client as ours, without its message: that may quote the text. */
export function awsFailure(error: unknown, what: string): PlatformError {
  if (error instanceof PlatformError) return error;
  const name = error instanceof Error ? error.name : '';
  const status = statusOf(error);
  const cause = { cause: error };
  if (/Throttling|TooManyRequests|QuotaExceeded/.test(name) || status === 429)
    return new PlatformError('upstream_throttled', `${what} is asked too often. Retry shortly.`, cause);
  if (/Timeout/.test(name) || status === 408 || status === 504)
    return new PlatformError('upstream_timeout', `${what} took too long. Retry shortly.`, cause);
  if (status === 503) return new PlatformError('overloaded', `${what} is busy. Retry shortly.`, cause);
  if (/AccessDenied/.test(name))
    return new PlatformError('configuration', `${what} may not be called. Grant it to this role.`, cause);
  // A dependency of the service failed: the call itself was right.
  if (status >= 400 && status < 500 && status !== 424)
    return new PlatformError('upstream_rejected', `${what} refused the call. Check its name and its settings.`, cause);
  return new PlatformError('upstream_failed', `${what} did not answer. Retry shortly.`, cause);
}

/** Of the service or, where it hands on what a model's container said (`ModelError`, `ModelErrorException`), of the container. */
function statusOf(error: unknown): number {
  const { OriginalStatusCode, originalStatusCode, $metadata } = (error ?? {}) as {
    OriginalStatusCode?: number;
    originalStatusCode?: number;
    $metadata?: { httpStatusCode?: number };
  };
  return OriginalStatusCode ?? originalStatusCode ?? $metadata?.httpStatusCode ?? 0;
}
