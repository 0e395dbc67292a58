import type { BedrockRuntimeClient, CountTokensInput } from '@aws-sdk/client-bedrock-runtime';
import type { ChatMessage, ModelFeature } from '@plinth/contracts';
import type { ModelEvent, ModelRequest } from '../model-client.ts';
import type { CallLife } from '../call-life.ts';

/** One of Bedrock's ways to ask a model. The events are complete, `start` included; failures are thrown. */
export interface BedrockApi {
  /** The most this way can say; a model has those of them that its catalog entry lists. */
  readonly features: readonly ModelFeature[];
  stream(client: BedrockRuntimeClient, request: ModelRequest, life: CallLife): AsyncIterable<ModelEvent>;
  answer(client: BedrockRuntimeClient, request: ModelRequest, life: CallLife): AsyncIterable<ModelEvent>;
  countInput(messages: readonly ChatMessage[]): CountTokensInput;
}
