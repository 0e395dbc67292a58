import type { CatalogModel } from '@plinth/contracts';
import { modelOpener as openBy, type ModelClient } from '@plinth/models';
import { createBedrockModel, type createBedrockRuntime } from '@plinth/models/bedrock';
import { createOpenAIModel } from '@plinth/models/openai';
import { poolsAdapter } from '@plinth/models/routing';
import { createSageMakerModel, type createSageMakerRuntime } from '@plinth/models/sagemaker';

/** What is sent interactively has 0, and goes first. */
const BATCH_PRIORITY = 1;

/**
 * A catalog model as a client whose requests let others go first, where its server knows of that: so they may take long.
 * @param answerTimeoutMs To the beginning of an answer, milliseconds.
 */
export function modelOpener(
  runtimes: {
    readonly bedrock: ReturnType<typeof createBedrockRuntime>;
    readonly sagemaker: ReturnType<typeof createSageMakerRuntime>;
  },
  answerTimeoutMs: number,
): (model: CatalogModel) => ModelClient {
  return openBy({
    bedrock: (model) => createBedrockModel(model, { client: runtimes.bedrock }),
    sagemaker: (model) => createSageMakerModel(model, { client: runtimes.sagemaker }),
    openai: (model) => createOpenAIModel(model, { priority: BATCH_PRIORITY, answerTimeoutMs }),
    pools: poolsAdapter(),
  });
}
