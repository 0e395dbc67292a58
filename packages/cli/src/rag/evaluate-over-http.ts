import {
  EvaluationEvent,
  PlatformError,
  type EvaluationConfig,
  type EvaluationQuestion,
  type EvaluationResult,
} from '@plinth/contracts';
import * as z from 'zod';
import type { RagPlatform } from './platform.ts';

/** Has the platform run a question set, told of how far it is. */
export async function evaluateOverHttp(
  platform: RagPlatform,
  request: { readonly questions: readonly EvaluationQuestion[]; readonly config: EvaluationConfig },
  options: { readonly onProgress: (done: number, total: number) => void; readonly signal: AbortSignal },
): Promise<EvaluationResult> {
  const call = { json: { ...request, stream: true }, signal: options.signal };
  for await (const data of platform.events('/v1/evaluations', call)) {
    const parsed = z.safeParse(EvaluationEvent, data);
    if (!parsed.success)
      throw new PlatformError('upstream_failed', 'The evaluation came in a shape this command does not know.');
    const event = parsed.data;
    if (event.type === 'result') return event.result;
    if (event.type === 'error') throw new PlatformError('upstream_failed', event.error.message);
    options.onProgress(event.done, event.total);
  }
  throw new PlatformError(
    'upstream_failed',
    "The evaluation ended before its result. Look at the service's log, then try again.",
  );
}
