import type { CatalogModel } from '@plinth/contracts';
import type { ModelClient } from '@plinth/models';
import { createBedrockModel, type createBedrockRuntime } from '@plinth/models/bedrock';
import { createSageMakerModel, type createSageMakerRuntime } from '@plinth/models/sagemaker';

export interface ModelRuntimes {
  readonly bedrock: ReturnType<typeof createBedrockRuntime>;
  readonly sagemaker: ReturnType<typeof createSageMakerRuntime>;
  /** Given where the service may reach OpenAI-compatible servers. */
  readonly openai?: (model: CatalogModel) => ModelClient;
}

/** A catalog model as a client. */
export function modelOpener({ bedrock, sagemaker, openai }: ModelRuntimes): (model: CatalogModel) => ModelClient {
  return (model) => {
    const { kind } = model.target;
    if (kind === 'sagemaker') return createSageMakerModel(model, { client: sagemaker });
    return kind === 'openai' && openai !== undefined ? openai(model) : createBedrockModel(model, { client: bedrock });
  };
}
