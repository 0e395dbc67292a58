import type { CatalogModel } from '@plinth/contracts';
import { modelOpener as openBy, type ModelAdapters, type ModelClient } from '@plinth/models';
import { createBedrockModel, type createBedrockRuntime } from '@plinth/models/bedrock';
import { createSageMakerModel, type createSageMakerRuntime } from '@plinth/models/sagemaker';

export interface ModelRuntimes {
  readonly bedrock: ReturnType<typeof createBedrockRuntime>;
  readonly sagemaker: ReturnType<typeof createSageMakerRuntime>;
  readonly openai: (model: CatalogModel) => ModelClient;
  /** Absent where no model has several places. */
  readonly pools?: ModelAdapters['pools'];
}

/** A catalog model as a client, wherever it runs. */
export function modelOpener({
  bedrock,
  sagemaker,
  openai,
  pools,
}: ModelRuntimes): (model: CatalogModel) => ModelClient {
  return openBy({
    bedrock: (model) => createBedrockModel(model, { client: bedrock }),
    sagemaker: (model) => createSageMakerModel(model, { client: sagemaker }),
    openai,
    ...(pools && { pools }),
  });
}
