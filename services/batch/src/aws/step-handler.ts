import { setMaxListeners } from 'node:events';
import {
  BatchStepRequest,
  PlatformError,
  TRY_STEP_AGAIN,
  type BatchBegun,
  type BatchEnd,
  type BatchPlan,
  type BatchProgress,
} from '@plinth/contracts';
import { beginShard } from './steps/begin-shard.ts';
import { checkAsync } from './steps/check-async.ts';
import { concludeStep, type ConcludeStepParts } from './steps/conclude-step.ts';
import { endShard } from './steps/end-shard.ts';
import { invokeAsync, type InvokeAsyncParts } from './steps/invoke-async.ts';
import { prepareStep, type PrepareStepParts } from './steps/prepare-step.ts';
import type { StepParts } from './steps/step-parts.ts';

export interface StepHandlerOptions extends StepParts, PrepareStepParts, ConcludeStepParts, InvokeAsyncParts {
  /** @param where The step and its batch. */
  readonly logError: (error: unknown, where: string) => void;
}

export type StepAnswer = BatchPlan | BatchBegun | BatchProgress | BatchEnd | Readonly<Record<string, never>>;

/** Milliseconds before the function's end at which a step gives up by itself, so that it is told why. */
const RESERVE_MS = 5_000;

/** Does one step of the workflow. What may help again is thrown under the name that the workflow tries again; all else ends the shard or the batch. */
export function createStepHandler(options: StepHandlerOptions) {
  return async (event: unknown, remainingMs: () => number): Promise<StepAnswer> => {
    const parsed = BatchStepRequest.safeParse(event);
    if (!parsed.success) throw named('BatchStepUnknown', 'The workflow asks for a step that is not known here.');
    const request = parsed.data;
    const timeout = AbortSignal.timeout(Math.max(1, remainingMs() - RESERVE_MS));
    // Each of the records that are looked at together listens to it.
    setMaxListeners(0, timeout);
    try {
      return await run(request, options, timeout);
    } catch (thrown) {
      const error = timeout.aborted ? tooLong(request.step, thrown) : PlatformError.from(thrown);
      options.logError(error, `${request.step} ${request.batchId}`);
      throw named(error.retryable ? TRY_STEP_AGAIN : 'BatchStepFailed', `${error.code}: ${error.message}`);
    }
  };
}

function run(request: BatchStepRequest, options: StepHandlerOptions, signal: AbortSignal): Promise<StepAnswer> {
  switch (request.step) {
    case 'prepare':
      return prepareStep(request, options, signal);
    case 'begin-shard':
      return beginShard(request, options, signal);
    case 'invoke-async':
      return invokeAsync(request, options, signal);
    case 'check-async':
      return checkAsync(request, options, signal);
    case 'end-shard':
      return endShard(request, options, signal);
    case 'collect':
      return concludeStep(request, true, options, signal);
    case 'fail':
      return concludeStep(request, false, options, signal);
  }
}

/** What is committed and written down stays, so the next try has less to do. */
function tooLong(step: string, cause: unknown): PlatformError {
  return new PlatformError('request_timeout', `The step ${step} was not done in its time. It goes on where it is.`, {
    cause,
  });
}

/** Step Functions knows errors by name alone. */
function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
