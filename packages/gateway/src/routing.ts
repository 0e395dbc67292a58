import { PlatformError, type CatalogModel, type ModelCatalog } from '@plinth/contracts';
import type { ModelClient } from '@plinth/models';

/** A model as the gateway sees it: what it is, and how to talk to it. */
export interface Route {
  readonly model: CatalogModel;
  readonly client: ModelClient;
}

export interface Router {
  readonly catalog: ModelCatalog;
  /** Throws `model_not_found`. */
  resolve(modelId: string): Route;
}

/** The models of a catalog by their names. Where one runs is its client's to know. */
export function createRouter(catalog: ModelCatalog, open: (model: CatalogModel) => ModelClient): Router {
  const routes = new Map<string, Route>(catalog.map((model) => [model.id, { model, client: open(model) }]));
  return {
    catalog,
    resolve(modelId) {
      const route = routes.get(modelId);
      if (route !== undefined) return route;
      const known = catalog.slice(0, 8).map((model) => model.id);
      throw new PlatformError(
        'model_not_found',
        `There is no such model here. Use one of: ${known.join(', ')}. GET /v1/models lists all.`,
        {
          param: 'model',
        },
      );
    },
  };
}
