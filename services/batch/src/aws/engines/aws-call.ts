import { PlatformError } from '@plinth/contracts';

const TIMEOUT_MS = 30_000;
const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|ServiceQuota|SlowDown/;

/** A call to a control plane of AWS within its time, its errors made ours. What is refused for another reason than haste is not tried again. */
export async function callAws<T>(
  service: string,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await call(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PlatformError) throw error;
    throw fromAws(service, error);
  }
}

function fromAws(service: string, error: unknown): PlatformError {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (THROTTLED.test(name) || status === 429)
    return new PlatformError('upstream_throttled', `${service} asks for fewer calls (${name}). Try later.`, {
      cause: error,
    });
  if (status !== undefined && status < 500)
    return new PlatformError(
      'configuration',
      `${service} refused the call (${name}). Check names and the role's rights.`,
      {
        cause: error,
      },
    );
  return new PlatformError('upstream_failed', `${service} did not answer (${name || 'unknown error'}). Try again.`, {
    cause: error,
  });
}

/** Whether a call failed with an error of this name. */
export function isNamed(error: unknown, name: string): boolean {
  return (error as { cause?: { name?: string } }).cause?.name === name;
}
