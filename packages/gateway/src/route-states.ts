import type { RouteList } from '@plinth/contracts';
import type { Router } from './routing.ts';

/** Models with several places, and how each of those does. */
export function routeStates(router: Router): RouteList['data'] {
  return router.catalog.flatMap(({ id: model }) => {
    const pools = router.resolve(model).client.places?.();
    return pools === undefined ? [] : [{ model, pools }];
  });
}
