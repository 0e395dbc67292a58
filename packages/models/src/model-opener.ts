import { PlatformError, type CatalogModel, type ModelTarget } from '@plinth/contracts';
import type { ModelClient } from './model-client.ts';

type Open = (model: CatalogModel) => ModelClient;

/** How this process reaches models, by the kind of their target. What is not here it does not reach. */
export type ModelAdapters = { readonly [K in Exclude<ModelTarget['kind'], 'pools'>]?: Open } & {
  /** Of a model with several places, each of which is opened by another adapter. */
  readonly pools?: (model: CatalogModel, open: Open) => ModelClient;
};

/** A catalog model as a client. Throws `configuration` for a target that the process does not reach. */
export function modelOpener(adapters: ModelAdapters): Open {
  const openDirect: Open = (model) => {
    const { kind } = model.target;
    const open = kind === 'pools' ? undefined : adapters[kind];
    if (open !== undefined) return open(model);
    const known = Object.keys(adapters).join(' or ');
    throw new PlatformError(
      'configuration',
      `Model "${model.id}" has a target of kind "${kind}", which this service does not reach: set ${known}, or serve the model by one that does.`,
    );
  };
  return (model) => (model.target.kind === 'pools' && adapters.pools?.(model, openDirect)) || openDirect(model);
}
