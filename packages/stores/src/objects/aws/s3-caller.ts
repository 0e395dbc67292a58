import type { S3Client } from '@aws-sdk/client-s3';
import { PlatformError } from '@plinth/contracts';
import { loadSdk, type S3Sdk } from './load-sdk.ts';

/** Milliseconds a call may take until it has answered: the bytes of a large object included, when they are sent. */
const TIMEOUT_MS = 120_000;

const ABSENT: ReadonlySet<string> = new Set(['NoSuchKey', 'NotFound', 'NoSuchVersion']);
const THROTTLED: ReadonlySet<string> = new Set(['SlowDown', 'ThrottlingException', 'RequestLimitExceeded']);
const REFUSED: ReadonlySet<string> = new Set(['AccessDenied', 'NoSuchBucket', 'InvalidAccessKeyId', 'Forbidden']);

/** Calls S3: a time limit on every call, retries by the SDK, errors made ours. */
export class S3Caller {
  readonly #client: S3Client | (() => Promise<S3Client>);

  constructor(client: S3Client | (() => Promise<S3Client>)) {
    this.#client = client;
  }

  /** Resolves to undefined when there is no such object. Throws PlatformError, or the reason of `signal`. */
  async run<T>(
    send: (client: S3Client, options: { abortSignal: AbortSignal }, sdk: S3Sdk) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    signal?.throwIfAborted();
    const sdk = await loadSdk();
    const client = typeof this.#client === 'function' ? await this.#client() : this.#client;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await send(client, { abortSignal: signal ? AbortSignal.any([signal, timeout]) : timeout }, sdk);
    } catch (error) {
      signal?.throwIfAborted();
      const name = error instanceof Error ? error.name : '';
      if (ABSENT.has(name)) return undefined;
      throw toPlatformError(error, name);
    }
  }
}

/** Whether S3 does not say if there is such an object: it tells an absence only to who may list the bucket without conditions. */
export function hidden(error: unknown): boolean {
  const { cause } = error as { cause?: { $metadata?: { httpStatusCode?: number } } };
  return cause?.$metadata?.httpStatusCode === 403;
}

/** An `If-None-Match` or `If-Match` did not hold. */
export function conditionFailed(error: unknown): boolean {
  const { cause } = error as { cause?: { name?: string; $metadata?: { httpStatusCode?: number } } };
  return cause?.name === 'PreconditionFailed' || cause?.$metadata?.httpStatusCode === 412;
}

/** Two conditional writes of one key at once: the other one may or may not have come through. */
export function conditionContended(error: unknown): boolean {
  return (error as { cause?: { name?: string } }).cause?.name === 'ConditionalRequestConflict';
}

function toPlatformError(error: unknown, name: string): PlatformError {
  if (error instanceof PlatformError) return error;
  if (THROTTLED.has(name))
    return new PlatformError('overloaded', 'S3 asks for fewer requests. Retry shortly.', { cause: error });
  if (REFUSED.has(name) || (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 403)
    return new PlatformError(
      'configuration',
      `S3 refused the call (${name}). Check the bucket, the role's rights and its key's.`,
      { cause: error },
    );
  return new PlatformError('storage_failed', `S3 did not do what was asked (${name || 'unknown error'}).`, {
    cause: error,
  });
}
