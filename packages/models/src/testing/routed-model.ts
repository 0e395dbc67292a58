import type { ModelClient, ModelEvent, ModelRequest, RouteTerms } from '../model-client.ts';
import { createRouter } from '../routing/create-router.ts';
import type { RoutingPolicy } from '../routing/policy.ts';
import { createPooledModel, type PooledModelOptions } from '../routing/pooled/pooled-model.ts';
import { ManualClock } from './manual-clock.ts';
import { pooledCatalogModel, type PoolSketch, type PooledCatalogModel } from './pooled-models.ts';
import { requestOf } from './read-events.ts';
import type { ScriptedPlace } from './scripted-place.ts';

export interface RoutedOptions extends Pick<PooledModelOptions, 'retries' | 'beginWithinMs'> {
  readonly policy?: Partial<RoutingPolicy>;
  readonly target?: Partial<PooledCatalogModel['target']>;
}

/** A model with pools over scripted places, in time that the test lets go by. */
export function routedModel<T extends string>(
  pools: readonly PoolSketch[],
  places: Readonly<Record<T, ScriptedPlace>>,
  { policy, target, ...options }: RoutedOptions = {},
) {
  const clock = new ManualClock();
  const model = pooledCatalogModel(pools, target);
  const clients = new Map<string, ModelClient>(Object.entries<ScriptedPlace>(places));
  const router = createRouter({ pools: model.target.pools, policy, random: () => 0.5 });
  const client = createPooledModel({ model, router, clients, clock, ...options });
  return {
    client,
    clock,
    places,
    inFlight: () => router.state(clock.now()).reduce((sum, { inFlight }) => sum + inFlight, 0),
    breakerOf: (id: T) => router.state(clock.now()).find(({ member }) => member === id)?.breaker,
    /** Reads an answer to its end, as it comes. */
    ask(changes: Partial<ModelRequest> = {}, route?: Partial<RouteTerms>) {
      const controller = new AbortController();
      const terms = { class: 'interactive' as const, stayLocal: false, tenant: 'acme', ...route };
      const events: ModelEvent[] = [];
      const read = async () => {
        const call = { signal: controller.signal, route: terms };
        for await (const event of client.stream(requestOf(changes), call)) events.push(event);
        return events;
      };
      return { events, controller, done: read() };
    },
  };
}
