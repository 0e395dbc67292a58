import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PlatformError } from '@plinth/contracts';
import { loadSdk, type DynamoSdk } from './load-sdk.ts';

export type Item = Record<string, AttributeValue>;

const TIMEOUT_MS = 3_000;
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 25;

const THROTTLED: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
]);
const PASSING: ReadonlySet<string> = new Set([
  ...THROTTLED,
  'TransactionConflictException',
  'InternalServerError',
  'ServiceUnavailable',
  'TimeoutError',
  'AbortError',
  'ECONNRESET',
]);

/** The condition of a write did not hold. */
export class ConditionFailed extends Error {
  /** The item as it was, where the service gives it. */
  readonly item: Item | undefined;
  /** True when an earlier try of the same write may have been carried out without our hearing of it. */
  readonly repeated: boolean;

  constructor(item: Item | undefined, repeated: boolean, cause: unknown) {
    super('The condition of a write did not hold.', { cause });
    this.item = item;
    this.repeated = repeated;
  }
}

export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** Calls DynamoDB: a time limit on every try, throttling and contention retried with jittered waits, errors made ours. */
export class DynamoCaller {
  readonly #client: DynamoDBClient | (() => Promise<DynamoDBClient>);
  readonly #sleep: (ms: number) => Promise<void>;

  constructor(
    client: DynamoDBClient | (() => Promise<DynamoDBClient>),
    sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
  ) {
    this.#client = client;
    this.#sleep = sleep;
  }

  /** `send` is called once per try. Throws ConditionFailed or PlatformError. */
  async run<T>(
    send: (client: DynamoDBClient, options: CallOptions, sdk: DynamoSdk) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const sdk = await loadSdk();
    const client = typeof this.#client === 'function' ? await this.#client() : this.#client;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      try {
        return await send(client, { abortSignal: signal ? AbortSignal.any([signal, timeout]) : timeout }, sdk);
      } catch (error) {
        if (error instanceof sdk.ConditionalCheckFailedException)
          throw new ConditionFailed(error.Item, attempt > 1 || (error.$metadata.attempts ?? 1) > 1, error);
        signal?.throwIfAborted();
        const name = error instanceof Error ? error.name : '';
        if (!PASSING.has(name) || attempt >= ATTEMPTS) throw toPlatformError(error, name);
        await this.pause(attempt);
      }
    }
  }

  /** A jittered wait that doubles with every attempt, 1 for the first. */
  async pause(attempt: number): Promise<void> {
    await this.#sleep(Math.random() * FIRST_WAIT_MS * 2 ** attempt);
  }
}

function toPlatformError(error: unknown, name: string): PlatformError {
  if (THROTTLED.has(name))
    return new PlatformError('overloaded', 'The table is over its throughput. Retry shortly.', {
      cause: error,
      retryAfterSeconds: 1,
    });
  return new PlatformError('storage_failed', `DynamoDB did not do what was asked (${name || 'unknown error'}).`, {
    cause: error,
  });
}
