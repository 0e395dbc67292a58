import type { ModelPool, RoutePool } from '@plinth/contracts';
import type { MemberState } from '../router.ts';

/** Pools and how the places of each do, as `/v1/routes` tells it. */
export function poolStates(pools: readonly ModelPool[], states: readonly MemberState[]): RoutePool[] {
  return pools.map(({ id, owner, local }) => ({
    id,
    owner,
    local,
    members: states.filter(({ pool }) => pool === id).map(memberOf),
  }));
}

function memberOf(state: MemberState): RoutePool['members'][number] {
  const { member, breaker, inFlight, limit, ttftMs, itlMs, load } = state;
  return {
    id: member,
    breaker,
    in_flight: inFlight,
    limit,
    ...(ttftMs !== undefined && { ttft_ms: ttftMs }),
    ...(itlMs !== undefined && { itl_ms: itlMs }),
    ...(load && { load: { waiting: load.waiting, running: load.running, kv_cache_use: load.kvCacheUse } }),
  };
}
