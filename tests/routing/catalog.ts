import { CatalogModel } from '@plinth/contracts';

export interface HybridAddresses {
  readonly own: { readonly url: string; readonly modelId: string; readonly metrics?: boolean };
  /** The model that a Bedrock endpoint answers for. */
  readonly managed: { readonly modelId: string };
  /** Answers at once that the own server is trusted with. */
  readonly slots: number;
  readonly managedSlots?: number;
  readonly firstTokenMs?: number;
}

const BOUNDS = { contextTokens: 2_000, maxPromptTokens: 1_000, maxCompletionTokens: 200 };

/** A model on a server of our own, with Bedrock for what that cannot take: a dollar a million there, nothing here. */
export function hybridModel({ own, managed, slots, managedSlots = 64, firstTokenMs }: HybridAddresses): CatalogModel {
  const openai = { kind: 'openai', baseUrl: own.url, modelId: own.modelId };
  const server = { id: 'server', target: openai, slots, maxSlots: slots };
  const endpoint = { id: 'endpoint', target: bedrock(managed.modelId), slots: managedSlots, maxSlots: managedSlots };
  return CatalogModel.parse({
    id: 'hybrid',
    target: {
      kind: 'pools',
      firstTokenMs,
      pools: [
        {
          id: 'own',
          owner: 'own',
          local: true,
          price: { input: 0, output: 0 },
          members: [{ ...server, ...(own.metrics === true && { metricsUrl: `${own.url}/metrics` }) }],
        },
        { id: 'bedrock', owner: 'managed', price: { input: 1, output: 1 }, members: [endpoint] },
      ],
    },
    price: { input: 1, output: 1 },
    ...BOUNDS,
  });
}

/** The same endpoint by itself: what there is to compare with. */
export function managedModel(modelId: string): CatalogModel {
  return CatalogModel.parse({ id: 'managed', target: bedrock(modelId), price: { input: 1, output: 1 }, ...BOUNDS });
}

const bedrock = (modelId: string) => ({ kind: 'bedrock', modelId, api: 'converse' });
