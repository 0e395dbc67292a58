import type { MemberSettings, PoolSettings, RouteAnswer, RouteAsk, Router } from '@plinth/models/routing';
import type { ManagedEndpoint } from '../servers/managed-endpoint.ts';
import type { OwnServer } from '../servers/own-server.ts';
import type { SimAsk } from '../sim-request.ts';
import { placed } from './round-robin.ts';

export interface OracleOptions {
  readonly pools: readonly PoolSettings[];
  readonly servers: readonly OwnServer[];
  readonly endpoints: readonly ManagedEndpoint[];
  /** Milliseconds: where every own server would take longer for an interactive request, a managed pool answers it. */
  readonly spillAboveMs: number;
  /** How much the time that a prompt keeps a server busy counts beside the prompt's own wait. */
  readonly others: number;
}

/**
 * A scheduler that knows what no router can: each answer's true length, what every server has in its cache, reads and answers at this moment,
 * and so the exact time to the first token that a request would have at each of them. It sends it where that is least, may queue it inside a
 * server when it knows a slot will be free in time, and has the same thrift as the router: a managed pool answers only what no own server
 * would answer in time.
 */
export function oracle({ pools, servers, endpoints, spillAboveMs, others }: OracleOptions): Router {
  const places = new Map(pools.flatMap((pool) => pool.members.map((member) => [member.id, { pool, member }] as const)));
  return {
    ask(ask, now, answered) {
      answered(take(ask, now));
      return { withdraw: () => undefined };
    },
    observe: () => undefined,
    tick: () => undefined,
    nextTick: () => undefined,
    state: () => [],
  };

  function take(ask: RouteAsk, now: number): RouteAnswer {
    const { request } = ask as SimAsk;
    let best: OwnServer | undefined;
    let [bestMs, bestScore] = [Infinity, Infinity];
    for (const server of servers) {
      if (!server.isUp || !server.hasRoom || ask.excluded?.has(server.id) === true) continue;
      const ms = server.foresee(request, now);
      const score = ms + others * server.readMs(request);
      if (score < bestScore) [best, bestMs, bestScore] = [server, ms, score];
    }
    if (best !== undefined && bestMs <= spillAboveMs) return at(best.id);
    if (!ask.stayLocal) {
      const endpoint = endpoints.find((each) => each.hasRoom(now));
      if (endpoint !== undefined) return at(endpoint.id);
    }
    return best === undefined ? { kind: 'refused', why: 'full', retryAfterMs: 1_000 } : at(best.id);
  }

  function at(id: string): RouteAnswer {
    const { pool, member } = places.get(id) as { pool: PoolSettings; member: MemberSettings };
    return placed(pool, member);
  }
}
