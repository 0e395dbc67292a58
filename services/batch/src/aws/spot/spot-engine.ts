import { PlatformError, type BatchWorkerEnvironment, type CatalogModel } from '@plinth/contracts';
import { configuredGuard, Conversations, createRouter, type Observe } from '@plinth/gateway';
import type { createBedrockRuntime } from '@plinth/models/bedrock';
import { createOpenAIModel } from '@plinth/models/openai';
import type { AuditLog, Clock, ConversationStore } from '@plinth/stores';
import type { BatchRecord } from '@plinth/stores/batches';
import { identityOfBatch } from '../../batches/identity.ts';
import { GovernedEngine } from '../../work/governed-engine.ts';
import { reservationOf } from '../../work/reservation.ts';
import { catalogModel } from '../catalog.ts';

export interface SpotEngineParts {
  readonly environment: Pick<
    BatchWorkerEnvironment,
    'PLINTH_CATALOG' | 'PLINTH_GUARD_POLICY' | 'PLINTH_GUARDRAIL' | 'SERVED_MODEL_NAME'
  >;
  /** Of the model server beside this process, before `/v1`. */
  readonly baseUrl: string;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  readonly bedrock: ReturnType<typeof createBedrockRuntime>;
  readonly observe: Observe;
  /** Longest a record may take, milliseconds. */
  readonly recordTimeoutMs: number;
}

/** The path of a chat request to the model server beside this process, for whoever asked for the batch. */
export function spotEngine(parts: SpotEngineParts): (batch: BatchRecord) => GovernedEngine {
  const { environment, baseUrl, audit, clock, bedrock, observe, recordTimeoutMs } = parts;
  const { SERVED_MODEL_NAME: served, PLINTH_GUARD_POLICY, PLINTH_GUARDRAIL } = environment;
  const known = environment.PLINTH_CATALOG.find(({ id }) => id === served);
  if (known === undefined)
    throw new PlatformError('configuration', `The catalog has no model "${served}", which is served here.`);
  const model: CatalogModel = {
    ...catalogModel(known, 'spot'),
    target: { kind: 'openai', baseUrl, modelId: served },
  };
  const path = {
    guard: configuredGuard(PLINTH_GUARD_POLICY, PLINTH_GUARDRAIL, bedrock),
    router: createRouter([model], (each) => createOpenAIModel(each, { answerTimeoutMs: recordTimeoutMs })),
    conversations: new Conversations(NONE, clock),
    requestTimeoutMs: recordTimeoutMs,
    ...{ audit, clock, observe },
  };
  return (batch) =>
    new GovernedEngine({ ...path, identity: identityOfBatch(batch), reservation: reservationOf(batch) });
}

const never = () => Promise.reject(new PlatformError('internal', 'No conversation is kept of a batch.'));
const NONE: ConversationStore = { list: never, get: never, append: never, delete: never };
