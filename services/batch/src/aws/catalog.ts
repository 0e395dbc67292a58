import { PlatformError, type BatchEngine, type BatchModel, type CatalogModel } from '@plinth/contracts';
import { createRouter, type Router } from '@plinth/gateway';
import type { ModelClient } from '@plinth/models';

/** All that a request may ask for: what its engine cannot do, its tongue refuses. */
const FEATURES: CatalogModel['features'] = ['tools', 'images', 'structured-output', 'prompt-cache', 'seed'];

/** Engines that run a model, the cheapest first: by a token in and a token out together. */
function enginesOf({ engines }: BatchModel): readonly BatchEngine[] {
  const cost = (engine: BatchEngine) => (engines[engine]?.input ?? 0) + (engines[engine]?.output ?? 0);
  return (Object.keys(engines) as BatchEngine[]).toSorted((a, b) => cost(a) - cost(b));
}

/** A model on one engine, as the governed path knows models. Throws `configuration` where that does not run it. */
export function catalogModel(model: BatchModel, engine: BatchEngine): CatalogModel {
  const run = model.engines[engine];
  if (run === undefined)
    throw new PlatformError('configuration', `"${model.id}" is not run by ${engine}. Give it a price there.`);
  const { id, contextTokens, maxPromptTokens, maxCompletionTokens } = model;
  return {
    id,
    target: { kind: 'bedrock', modelId: run.modelId ?? id, api: 'converse' },
    contextTokens,
    maxPromptTokens,
    maxCompletionTokens,
    contextPolicy: 'reject',
    features: FEATURES,
    price: { input: run.input, output: run.output },
    ownedBy: 'plinth',
  };
}

/** Models by their names, with bounds and the price where they are cheapest; none is called through it. */
export function catalogRouter(catalog: readonly BatchModel[]): Router {
  const models = catalog.flatMap((model) => {
    const [engine] = enginesOf(model);
    return engine === undefined ? [] : [catalogModel(model, engine)];
  });
  return createRouter(models, () => NO_CLIENT);
}

const NO_CLIENT: ModelClient = {
  features: new Set(),
  stream: () => {
    throw new PlatformError('internal', 'Models of batches are called by their engines.');
  },
  countTokens: () => Promise.resolve(undefined),
};
