import type { CatalogModel, ModelCatalog } from '@plinth/contracts';

const LIMITS = {
  contextTokens: 4_096,
  maxPromptTokens: 3_072,
  maxCompletionTokens: 1_024,
  contextPolicy: 'truncate' as const,
};
/** It runs on the laptop's own processor. */
const FREE = { input: 0, output: 0 };

/** Of the four answers that the model's server writes at once: the rest is for those who name another way. */
const OWN_PLACES = 2;
/** What its other endpoint is trusted with: it queues by itself. */
const MANAGED_PLACES = 16;
/** Milliseconds that a person waits for the first token of a small processor. */
const FIRST_TOKEN_MS = 4_000;

/** What the laptop serves: one real model, reached both ways that the AWS stacks reach theirs, and over a router between the two. */
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
    hybrid(modelId, openaiUrl),
  ];
}

/** Steady load on the model's own server, bursts to the endpoint that stands for Bedrock. */
function hybrid(modelId: string, openaiUrl: string): CatalogModel {
  const own = {
    id: 'vllm',
    target: { kind: 'openai', baseUrl: openaiUrl, modelId },
    metricsUrl: `${openaiUrl}/metrics`,
    slots: OWN_PLACES,
    maxSlots: OWN_PLACES,
  } as const;
  const managed = {
    id: 'bedrock',
    target: { kind: 'bedrock', modelId, api: 'converse' },
    slots: MANAGED_PLACES,
    maxSlots: MANAGED_PLACES,
  } as const;
  return {
    id: `${modelId}-hybrid`,
    target: {
      kind: 'pools',
      firstTokenMs: FIRST_TOKEN_MS,
      pools: [
        { id: 'own', owner: 'own', local: true, price: FREE, canaryShare: 0, members: [own] },
        { id: 'bedrock', owner: 'managed', local: false, price: FREE, canaryShare: 0, members: [managed] },
      ],
    },
    ...LIMITS,
    features: [],
    price: FREE,
    ownedBy: 'local-router',
  };
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

/** What the laptop's site serves: the model's own server stands on site, and the endpoint that stands for Bedrock is at its centre, over a link. */
export function laptopSiteCatalog(modelId: string, openaiUrl: string): ModelCatalog {
  const common = { ...LIMITS, price: FREE };
  return [
    {
      id: modelId,
      target: { kind: 'openai', baseUrl: openaiUrl, modelId },
      local: true,
      ...common,
      features: ['seed', 'priority'],
      ownedBy: 'on-site',
    },
    {
      id: `${modelId}-centre`,
      target: { kind: 'bedrock', modelId, api: 'converse' },
      ...common,
      features: [],
      ownedBy: 'centre',
    },
  ];
}
