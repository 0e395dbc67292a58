import type { PlatformError } from '@plinth/contracts';
import type { ModelEvent } from './model-client.ts';

/** The whole stream of a request that was refused before anything was sent. */
export async function* refusal(error: PlatformError): AsyncGenerator<ModelEvent> {
  yield { type: 'error', error };
}
