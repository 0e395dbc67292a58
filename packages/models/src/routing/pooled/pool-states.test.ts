import { RouteList } from '@plinth/contracts';
import { expect, it } from 'vitest';
import { pooledCatalogModel } from '../../testing/pooled-models.ts';
import type { MemberState } from '../router.ts';
import { poolStates } from './pool-states.ts';

const state = (pool: string, member: string, more: Partial<MemberState> = {}): MemberState => ({
  ...{ pool, member, breaker: 'closed', inFlight: 1, limit: 8 },
  ...{ ttftMs: undefined, itlMs: undefined, load: undefined },
  ...more,
});

it('tells how each place does, pool by pool, and leaves out what is not known', () => {
  const { pools } = pooledCatalogModel([
    { id: 'own', owner: 'own', local: true, members: [{ id: 'a' }, { id: 'b' }] },
    { id: 'far', owner: 'managed', members: [{ id: 'm' }] },
  ]).target;
  const load = { waiting: 1, running: 2, kvCacheUse: 0.5 };
  const told = poolStates(pools, [
    state('own', 'a', { ttftMs: 80, load }),
    state('own', 'b', { breaker: 'open' }),
    state('far', 'm'),
  ]);
  const usual = { breaker: 'closed', in_flight: 1, limit: 8 };
  const a = { id: 'a', ...usual, ttft_ms: 80, load: { waiting: 1, running: 2, kv_cache_use: 0.5 } };
  expect(told).toEqual([
    { id: 'own', owner: 'own', local: true, members: [a, { id: 'b', ...usual, breaker: 'open' }] },
    { id: 'far', owner: 'managed', local: false, members: [{ id: 'm', ...usual }] },
  ]);
  const list = { object: 'list', data: [{ model: 'm', pools: told }] };
  expect(RouteList.parse(list)).toEqual(list);
});
