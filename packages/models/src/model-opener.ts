import { PlatformError, type CatalogModel, type ModelTarget } from '@plinth/contracts';
import type { ModelClient } from './model-client.ts';

/** How this process reaches models, by the kind of their target. What is not here it does not reach. */
export type ModelAdapters = { readonly [K in ModelTarget['kind']]?: (model: CatalogModel) => ModelClient };

/** A catalog model as a client. Throws `configuration` for a target that the process does not reach. */
export function modelOpener(adapters: ModelAdapters): (model: CatalogModel) => ModelClient {
  return (model) => {
    const { kind } = model.target;
    const open = adapters[kind];
    if (open !== undefined) return open(model);
    const known = Object.keys(adapters).join(' or ');
    throw new PlatformError(
      'configuration',
      `Model "${model.id}" has a target of kind "${kind}", which this service does not reach: set ${known}, or serve the model by one that does.`,
    );
  };
}
