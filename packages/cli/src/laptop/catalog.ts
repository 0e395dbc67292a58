import type { CatalogModel, ModelCatalog } from '@plinth/contracts';

const LIMITS = {
  contextTokens: 4_096,
  maxPromptTokens: 3_072,
  maxCompletionTokens: 1_024,
  contextPolicy: 'truncate' as const,
};
/** It runs on the laptop's own processor. */
const FREE = { input: 0, output: 0 };

/** What the laptop serves: one real model, reached both ways that the AWS stacks reach theirs. */
export function laptopCatalog(modelId: string, openaiUrl: string): ModelCatalog {
  return [
    {
      id: modelId,
      target: { kind: 'bedrock', modelId, api: 'converse' },
      ...LIMITS,
      features: [],
      price: FREE,
      ownedBy: 'local-bedrock',
    },
    {
      id: `${modelId}-vllm`,
      target: { kind: 'openai', baseUrl: openaiUrl, modelId },
      ...LIMITS,
      features: ['seed', 'priority'],
      price: FREE,
      ownedBy: 'local-openai',
    },
  ];
}

/** The same names for batches: all of them by the way on which the model's server lets others go first. */
export function laptopBatchCatalog(modelId: string, openaiUrl: string): ModelCatalog {
  const catalog = laptopCatalog(modelId, openaiUrl);
  const patient = catalog.find(({ target }) => target.kind === 'openai')!;
  return catalog.map(({ id }) => ({ ...patient, id }));
}

/** The same model on an endpoint that speaks SageMaker's protocol: how answers from documents are written in AWS. */
export function laptopGenerator(modelId: string): CatalogModel {
  return {
    id: `${modelId}-sagemaker`,
    target: { kind: 'sagemaker', endpointName: 'plinth-chat', modelId },
    ...LIMITS,
    features: [],
    price: FREE,
    ownedBy: 'local-sagemaker',
  };
}
