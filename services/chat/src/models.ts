import type { CatalogModel } from '@plinth/contracts';
import { modelOpener as openBy, type ModelAdapters, type ModelClient } from '@plinth/models';
import { createBedrockModel, type createBedrockRuntime } from '@plinth/models/bedrock';

/** One Bedrock runtime client for models and guardrail, opened at first use. */
export type BedrockClient = ReturnType<typeof createBedrockRuntime>;

/** A catalog model as a client. Where the front may reach OpenAI-compatible servers, and models with pools, it says so; SageMaker is services/rag's to reach. */
export function modelOpener(
  client: BedrockClient,
  others: Pick<ModelAdapters, 'openai' | 'pools'> = {},
): (model: CatalogModel) => ModelClient {
  return openBy({ bedrock: (model) => createBedrockModel(model, { client }), ...others });
}
