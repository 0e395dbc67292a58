import { PlatformError, type CatalogModel, type ChatCompletionRequest, type Identity } from '@plinth/contracts';
import type { RouteTerms } from '@plinth/models';
import type { Guard } from '../guard/guard.ts';
import type { Route } from '../routing.ts';

/** What one request is routed by. Its caller may hold it to less than key and tenant allow, never to more. */
export function routeTerms(
  { tenant, dataStays }: Identity,
  { route }: ChatCompletionRequest,
  callerClass: RouteTerms['class'] | undefined,
): RouteTerms {
  return {
    class: callerClass ?? route?.class ?? 'interactive',
    stayLocal: dataStays === true || route?.data === 'local',
    tenant,
  };
}

/** The route with these terms in every call of its model, those beside the answer too. Throws where data must stay and cannot. */
export function routeOnTerms(route: Route, terms: RouteTerms, path: { guard: Guard; grounding?: unknown }): Route {
  const { model, client } = route;
  if (terms.stayLocal) {
    if (!keepsData(model)) throw leaves(`"${model.id}" has no local place.`);
    if (path.guard.leavesSite === true) throw leaves('a guardrail of AWS reads it.');
    if (path.grounding !== undefined) throw leaves('questions are looked up elsewhere.');
  }
  if (model.target.kind !== 'pools') return route;
  return {
    model,
    client: {
      features: client.features,
      stream: (request, options) => client.stream(request, { ...options, route: terms }),
      countTokens: (messages, options) => client.countTokens(messages, { ...options, route: terms }),
    },
  };
}

/** Whether a model has a place where data stays on site, which answers without any link. */
export function keepsData({ target, local }: CatalogModel): boolean {
  return target.kind === 'pools' ? target.pools.some((pool) => pool.local) : local === true;
}

function leaves(why: string): PlatformError {
  return new PlatformError(
    'permission_denied',
    `The request's data must stay on site: ${why} Use another model or service.`,
  );
}
