import { setTimeout as wait } from 'node:timers/promises';
import { PlatformError, type BatchObject } from '@plinth/contracts';

/** Milliseconds before each further try. */
const PAUSES = [1_000, 5_000, 25_000] as const;
const TIMEOUT_MS = 10_000;

export interface WebhookOptions {
  readonly signal: AbortSignal;
  readonly pauses?: readonly number[];
}

/**
 * Tells an address that a batch has ended: a POST of the batch object and nothing else. Redirects are not followed. Tried a few times; throws
 * `upstream_failed` when nobody took it.
 */
export async function callWebhook(address: string, batch: BatchObject, options: WebhookOptions): Promise<void> {
  const { signal, pauses = PAUSES } = options;
  for (let tries = 0; ; tries++) {
    const problem = await post(address, batch, signal);
    if (problem === undefined) return;
    signal.throwIfAborted();
    if (tries === pauses.length)
      throw new PlatformError('upstream_failed', `The webhook of batch ${batch.id} was not taken: ${problem}.`);
    await wait(pauses[tries], undefined, { signal });
  }
}

/** What went wrong, without the address: it may hold a secret. */
async function post(address: string, batch: BatchObject, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'plinth-batch' },
      body: JSON.stringify({ type: `batch.${batch.status}`, data: batch }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `it answered ${response.status}`;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError'
      ? 'it did not answer in time'
      : 'nobody answers there';
  }
}
