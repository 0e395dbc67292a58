import type { BatchStepsEnvironment } from '@plinth/contracts';
import { configuredGuard, Conversations, createLocalGuard, type Observe } from '@plinth/gateway';
import type { createBedrockRuntime } from '@plinth/models/bedrock';
import type { createSageMakerRuntime } from '@plinth/models/sagemaker';
import type { AuditLog, Clock, ConversationStore, Ledger } from '@plinth/stores';
import type { BatchStore } from '@plinth/stores/batches';
import { batchView } from '../batches/batch-view.ts';
import { identityOfBatch } from '../batches/identity.ts';
import { createConclude, finish, type ConcludeOptions } from '../work/conclude.ts';
import { objectKeys } from '../object-keys.ts';
import { createPrepare } from '../work/prepare.ts';
import { reservationOf } from '../work/reservation.ts';
import { bucketObjects } from './bucket-objects.ts';
import { catalogModel, catalogRouter } from './catalog.ts';
import { chooseEngine } from './choose-engine.ts';
import { DetachedPath } from './detached-path.ts';
import { sageMakerAsyncEndpoint, type SageMakerAsyncOptions } from './engines/async-endpoint.ts';
import { tongueOf } from './engines/tongue-of.ts';
import type { Buckets } from './places.ts';
import { createStepHandler, type StepHandlerOptions } from './step-handler.ts';

export interface StepsParts {
  readonly environment: BatchStepsEnvironment;
  readonly store: BatchStore;
  readonly buckets: Buckets;
  readonly ledger: Ledger;
  readonly audit: AuditLog;
  readonly conversations: ConversationStore;
  readonly clock: Clock;
  readonly bedrock: ReturnType<typeof createBedrockRuntime>;
  readonly sagemaker: ReturnType<typeof createSageMakerRuntime>;
  readonly observe: Observe;
  readonly logError: StepHandlerOptions['logError'];
}

/** A record waits for nothing here but guards. */
const RECORD_MS = 60_000;

/** The steps of the workflow, out of their parts. */
export function composeSteps(parts: StepsParts): ReturnType<typeof createStepHandler> {
  const { environment, store, buckets, ledger, audit, clock, logError } = parts;
  const objects = bucketObjects(buckets);
  const catalog = environment.PLINTH_CATALOG;
  const concluding: ConcludeOptions = {
    ...{ store, objects, ledger, audit, clock },
    // Told once the batch has ended, when its card says all there is to say.
    view: async (batch) => batchView(batch, { completed: 0, failed: 0, ...batch.counts, used: batch.used ?? NOTHING }),
    // A function is frozen, not stopped; the workflow asks again for a step that did not come to its end.
    stopping: new AbortController().signal,
    onError: logError,
  };
  return createStepHandler({
    ...{ store, objects, catalog, clock, logError },
    pathOf: pathsOf(parts),
    prepare: createPrepare({
      ...{ store, objects, ledger, audit, clock },
      router: catalogRouter(catalog),
      ...environment.PLINTH_SHARDING,
      choose: (batch, cut) => chooseEngine({ catalog, clock }, batch, cut),
    }),
    conclude: createConclude(concluding),
    finish: async (batch, signal) => {
      const mark = objectKeys.ending(batch.tenant, batch.id);
      if ((await objects.head(mark, { signal })) !== undefined) await finish(concluding, batch, signal);
    },
    endpoint: endpointOf(parts),
  });
}

const NOTHING = { inputTokens: 0, outputTokens: 0, nanoUsd: 0 };

function pathsOf(parts: StepsParts): StepHandlerOptions['pathOf'] {
  const { environment, audit, conversations, clock, bedrock, observe } = parts;
  const { PLINTH_GUARD_POLICY: policy, PLINTH_GUARDRAIL: guardrail } = environment;
  const guard = configuredGuard(policy, guardrail, bedrock);
  const local = createLocalGuard(policy);
  // A prompt was shown to the guardrail before it was sent.
  const answering = { checkInput: local.checkInput.bind(local), openOutput: guard.openOutput.bind(guard) };
  const path = { guards: { asking: guard, answering }, audit, clock, observe, requestTimeoutMs: RECORD_MS };
  const kept = new Conversations(conversations, clock);
  return (batch, model, engine) =>
    new DetachedPath({
      ...path,
      conversations: kept,
      identity: identityOfBatch(batch),
      reservation: reservationOf(batch),
      model: catalogModel(model, engine),
      tongue: tongueOf(engine, model.id),
    });
}

function endpointOf({ environment, buckets, sagemaker }: StepsParts): StepHandlerOptions['endpoint'] {
  const { PLINTH_ASYNC_ENDPOINT: endpointName, PLINTH_ASYNC_REQUESTS: uri } = environment;
  if (endpointName === undefined || uri === undefined) return undefined;
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
  const requests: SageMakerAsyncOptions['requests'] = { bucket, prefix, objects: buckets.output };
  return sageMakerAsyncEndpoint({ client: sagemaker, endpointName, requests });
}
