import type { RouteList } from '@plinth/contracts';
import type { Observe } from '@plinth/gateway';
import { Counter, Gauge, type Registry } from 'prom-client';

type Member = RouteList['data'][number]['pools'][number]['members'][number];

const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const;

/** Where requests for models with pools went and why, and how their places do. */
export function addRouteMetrics(registry: Registry, routes: () => RouteList['data']): Observe {
  const registers = [registry];
  const requests = new Counter({
    name: 'plinth_routed_requests_total',
    help: 'Requests by the pool that answered and why it did (spilled: own places were full or slow); pool "none" where none did.',
    labelNames: ['model', 'pool', 'reason'] as const,
    registers,
  });
  const attempts = new Counter({
    name: 'plinth_route_lost_attempts_total',
    help: 'Attempts that another place made good, or none, by what they ended with.',
    labelNames: ['model', 'pool', 'outcome'] as const,
    registers,
  });
  const gauge = (name: string, help: string, read: (member: Member) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['model', 'pool', 'member'] as const,
      registers,
      collect() {
        for (const { model, pools } of routes())
          for (const { id: pool, members } of pools)
            for (const member of members) this.set({ model, pool, member: member.id }, read(member));
      },
    });
  gauge('plinth_route_in_flight', 'Requests at a place.', ({ in_flight }) => in_flight);
  gauge('plinth_route_limit', 'Requests at once that a place is trusted with.', ({ limit }) => limit);
  gauge(
    'plinth_route_breaker',
    'A place: 0 in order, 1 on probation, 2 out of order.',
    ({ breaker }) => BREAKER[breaker],
  );

  return ({ model = 'none', route }) => {
    if (route === undefined) return;
    requests.inc({ model, pool: route.pool ?? 'none', reason: route.reason ?? 'none' });
    for (const { pool, outcome } of route.attempts) attempts.inc({ model, pool, outcome });
  };
}
