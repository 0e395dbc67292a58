import type { MemberSettings, PoolSettings, RouteAnswer, RouteAsk, Router } from '@plinth/models/routing';

/** Each request to the next member, whatever its state, its class and its prompt; one that was tried is passed over. */
export function roundRobin(pools: readonly PoolSettings[]): Router {
  const places = pools.flatMap((pool) => pool.members.map((member) => [pool, member] as const));
  let next = 0;
  return {
    ask(ask, _now, answered) {
      answered(take(ask));
      return { withdraw: () => undefined };
    },
    observe: () => undefined,
    tick: () => undefined,
    nextTick: () => undefined,
    state: () => [],
  };

  function take({ excluded, stayLocal }: RouteAsk): RouteAnswer {
    for (let step = 0; step < places.length; step++) {
      const [pool, member] = places[next]!;
      next = (next + 1) % places.length;
      if (excluded?.has(member.id) === true || (stayLocal && !pool.local)) continue;
      return placed(pool, member);
    }
    return { kind: 'refused', why: 'full', retryAfterMs: 1_000 };
  }
}

/** A placement that nobody learns from. */
export function placed(pool: PoolSettings, { id }: MemberSettings, queuedMs = 0, ended = () => {}): RouteAnswer {
  return {
    kind: 'placed',
    placement: { pool, memberId: id, reason: 'own-free', queuedMs, firstToken: () => undefined, ended },
  };
}
