import { PlatformError, type ChatMessage } from '@plinth/contracts';
import type { ModelClient } from '../../model-client.ts';
import type { RouteClock } from './clock.ts';

/** To count is quick where it can be done at all. */
const COUNT_WITHIN_MS = 5_000;

/** Prompt tokens as the first of several places counts them that can. Rejects as the last does, when none could for a reason that may pass. */
export async function countAtOneOf(
  clients: readonly ModelClient[],
  messages: readonly ChatMessage[],
  clock: RouteClock,
  signal: AbortSignal,
): Promise<number | undefined> {
  let failure: unknown;
  for (const client of clients) {
    const controller = new AbortController();
    const leave = (): void => controller.abort(signal.reason);
    const giveUp = clock.after(COUNT_WITHIN_MS, () => controller.abort(TOO_SLOW));
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    try {
      const counted = await client.countTokens(messages, { signal: controller.signal });
      if (counted !== undefined) return counted;
      failure = undefined;
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
    } finally {
      giveUp();
      signal.removeEventListener('abort', leave);
    }
  }
  if (failure !== undefined) throw failure;
  return undefined;
}

const TOO_SLOW = new PlatformError('upstream_timeout', "The model's server took too long to count. Retry shortly.");
