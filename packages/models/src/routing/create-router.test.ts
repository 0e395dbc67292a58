import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRouter } from './create-router.ts';
import { DEFAULT_POLICY } from './policy.ts';
import type { CallOutcome, Placement, PoolSettings, RouteAnswer, RouteAsk, Router, RouteTicket } from './router.ts';

const FREE = { input: 0, output: 0 };
const OWN: PoolSettings = {
  id: 'own',
  owner: 'own',
  local: true,
  price: FREE,
  members: [
    { id: 'own-1', slots: 2, maxSlots: 3 },
    { id: 'own-2', slots: 1, maxSlots: 2 },
  ],
};
const MANAGED: PoolSettings = {
  id: 'managed',
  owner: 'managed',
  local: false,
  price: { input: 1, output: 2 },
  members: [{ id: 'managed-1', slots: 4, maxSlots: 8 }],
};
const ASK: RouteAsk = {
  class: 'interactive',
  stayLocal: false,
  prefixes: [],
  promptTokens: 100,
  completionTokens: 100,
};

function asked(router: Router, now: number, ask: Partial<RouteAsk> = {}) {
  const answers: RouteAnswer[] = [];
  const ticket = router.ask({ ...ASK, ...ask }, now, (answer) => answers.push(answer));
  return { answers, ticket };
}

function place(router: Router, now: number, ask: Partial<RouteAsk> = {}): Placement {
  const [answer] = asked(router, now, ask).answers;
  if (answer?.kind !== 'placed') throw new Error(`It was not placed: ${JSON.stringify(answer)}`);
  return answer.placement;
}

const answered: CallOutcome = { kind: 'answered', completionTokens: 10 };
const fails = (router: Router, times: number, ask: Partial<RouteAsk> = {}) => {
  for (let n = 0; n < times; n++) place(router, n, ask).ended(n, { kind: 'failed' });
};

describe('a router', () => {
  it('sends to own capacity while it has room, then to a managed pool, and comes back', () => {
    const router = createRouter({ pools: [OWN, MANAGED] });
    const first = [0, 1, 2].map((now) => place(router, now));
    expect(first.map(({ pool }) => pool.id)).toEqual(['own', 'own', 'own']);
    const spilled = place(router, 3);
    expect(spilled).toMatchObject({ pool: { id: 'managed' }, reason: 'spilled' });
    first[0]!.ended(4, answered);
    expect(place(router, 5).pool.id).toBe('own');
  });

  it('sends a prompt to where its beginning was read', () => {
    const router = createRouter({
      pools: [{ ...OWN, members: ['a', 'b', 'c'].map((id) => ({ id, slots: 9, maxSlots: 9 })) }],
    });
    const read = place(router, 0, { prefixes: [1, 2], promptTokens: 2_000 });
    read.firstToken(100);
    read.ended(200, answered);
    for (let now = 300; now < 310; now++) {
      const next = place(router, now, { prefixes: [1, 2, now], promptTokens: 2_100 });
      expect(next).toMatchObject({ memberId: read.memberId, reason: 'prefix' });
      next.ended(now, answered);
    }
  });

  it('lets a batch wait while own capacity is full, and gives it to a managed pool when it has waited long enough', () => {
    const router = createRouter({ pools: [OWN, MANAGED] });
    for (let n = 0; n < 3; n++) place(router, n);
    const { answers } = asked(router, 3, { class: 'batch' });
    expect(answers).toEqual([]);
    const due = router.nextTick()!;
    expect(due).toBe(3 + DEFAULT_POLICY.patienceMs.batch);
    router.tick(due);
    expect(answers).toMatchObject([{ kind: 'placed', placement: { pool: { id: 'managed' }, queuedMs: 60_000 } }]);
  });

  it('serves people before batches, whoever came first', () => {
    const router = createRouter({ pools: [{ ...OWN, members: [{ id: 'only', slots: 1, maxSlots: 1 }] }] });
    const running = place(router, 0);
    const batch = asked(router, 1, { class: 'batch' });
    const person = asked(router, 2);
    running.ended(3, answered);
    expect(batch.answers).toEqual([]);
    expect(person.answers).toMatchObject([{ kind: 'placed', placement: { reason: 'queued', queuedMs: 1 } }]);
  });

  it('refuses data that must stay rather than send it away', () => {
    const router = createRouter({ pools: [MANAGED] });
    expect(asked(router, 0, { stayLocal: true }).answers).toMatchObject([{ kind: 'refused', why: 'nowhere' }]);
  });

  it('opens the breaker of a server that fails, says so, and tries it with one request at a time', () => {
    const pools = [{ ...OWN, members: [{ id: 'own-1', slots: 4, maxSlots: 4 }] }, MANAGED];
    const router = createRouter({ pools, random: () => 0.5 });
    fails(router, 5);
    expect(place(router, 10)).toMatchObject({ pool: { id: 'managed' }, reason: 'own-down' });
    const probe = place(router, 2_000);
    expect(probe).toMatchObject({ memberId: 'own-1', reason: 'probe' });
    expect(place(router, 2_000).pool.id).toBe('managed');
    probe.firstToken(2_010);
    expect(place(router, 2_020)).toMatchObject({ memberId: 'own-1', reason: 'own-free' });
  });

  it('waits twice as long after each probe that fails', () => {
    const pools = [{ ...OWN, members: [{ id: 'own-1', slots: 4, maxSlots: 4 }] }, MANAGED];
    const router = createRouter({ pools, random: () => 1 });
    fails(router, 5);
    const opens = [];
    for (let now = 5, last = 4; opens.length < 4; now++) {
      const placement = place(router, now);
      if (placement.memberId !== 'own-1') placement.ended(now, { kind: 'void' });
      else {
        placement.ended(now, { kind: 'failed' });
        opens.push(now - last);
        last = now;
      }
    }
    expect(opens).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  it('gives less to a server that says it is full, and leaves it alone for as long as it says', () => {
    const pools = [{ ...OWN, members: [{ id: 'own-1', slots: 8, maxSlots: 8 }] }, MANAGED];
    const router = createRouter({ pools });
    const [, , third] = [place(router, 0), place(router, 0), place(router, 0)];
    third.ended(1, { kind: 'overloaded', retryAfterMs: 500 });
    expect(router.state(1)[0]).toMatchObject({ limit: 1, breaker: 'closed' });
    expect(place(router, 400).pool.id).toBe('managed');
  });

  it('gives a canary its share, and nothing else', () => {
    const canary = { ...OWN, id: 'new', members: [{ id: 'new-1', slots: 9_999, maxSlots: 9_999 }], canaryShare: 0.2 };
    let drawn = 0;
    const random = () => (drawn++ % 10) / 10;
    const router = createRouter({ pools: [OWN, canary, MANAGED], random });
    const reasons = Array.from({ length: 100 }, (_, now) => {
      const placement = place(router, now);
      placement.ended(now, answered);
      return [placement.memberId === 'new-1', placement.reason === 'canary'];
    });
    expect(reasons.filter(([isNew]) => isNew)).toHaveLength(20);
    expect(reasons.every(([isNew, isCanary]) => isNew === isCanary)).toBe(true);
  });

  it.each([
    [{ ...OWN, members: [{ id: 'a', slots: 0, maxSlots: 1 }] }, /slots must be at least 1/],
    [{ ...OWN, members: [OWN.members[0]!, OWN.members[0]!] }, /"own-1" is there twice/],
    [{ ...OWN, members: [] }, /No pool has a member/],
  ])('refuses pools that make no sense', (pool, message) => {
    expect(() => createRouter({ pools: [pool] })).toThrow(message);
  });
});

/** What may happen to a router, drawn. */
type Step =
  | { readonly do: 'ask'; readonly class: RouteAsk['class']; readonly stayLocal: boolean; readonly prefix: number }
  | { readonly do: 'first'; readonly which: number }
  | { readonly do: 'withdraw'; readonly which: number }
  | { readonly do: 'end'; readonly which: number; readonly outcome: CallOutcome }
  | { readonly do: 'observe'; readonly waiting: number }
  | { readonly do: 'tick' };

const which = fc.nat(30);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      class: fc.constantFrom('interactive' as const, 'batch' as const, 'experimental' as const),
      stayLocal: fc.boolean(),
      prefix: fc.nat(5),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('first' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('withdraw' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which,
      outcome: fc.constantFrom<CallOutcome>(
        answered,
        { kind: 'answered', completionTokens: 5, cachedTokens: 0 },
        { kind: 'overloaded' },
        { kind: 'overloaded', retryAfterMs: 700 },
        { kind: 'failed' },
        { kind: 'failed' },
        { kind: 'void' },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('observe' as const), waiting: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'tick' as const }) },
);
const script = fc.array(fc.tuple(fc.nat(900), step), { maxLength: 120 });

describe('whatever happens to a router', () => {
  it('no limit is passed, all are answered once or withdrawn, data that must stay stays, and one probe goes out at a time', () => {
    fc.assert(
      fc.property(script, fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (steps, draws) => {
        const policy = { patienceMs: { interactive: 800, experimental: 1_500, batch: 3_000 }, queueLimit: 6 };
        const router = createRouter({ pools: [OWN, MANAGED], policy, random: () => draws.next().value as number });
        const asks: { ticket?: RouteTicket; answers: RouteAnswer[]; withdrawn: boolean; stayLocal: boolean }[] = [];
        const running = new Map<Placement, boolean>();
        const probing = new Set<Placement>();
        let now = 0;
        const check = () => {
          for (const state of router.state(now)) {
            const most = [...OWN.members, ...MANAGED.members].find(({ id }) => id === state.member)!.maxSlots;
            const here = [...running.keys()].filter(({ memberId }) => memberId === state.member).length;
            expect(state.inFlight).toBe(here);
            expect(here).toBeLessThanOrEqual(most);
            expect(state.limit).toBeGreaterThanOrEqual(1);
            expect(state.limit).toBeLessThanOrEqual(most);
          }
          for (const { answers, withdrawn } of asks) expect(answers.length).toBeLessThanOrEqual(withdrawn ? 0 : 1);
        };
        const began = (placement: Placement, stayLocal: boolean) => {
          if (stayLocal) expect(placement.pool.local).toBe(true);
          const state = router.state(now).find(({ member }) => member === placement.memberId)!;
          expect(state.inFlight).toBeLessThanOrEqual(Math.max(1, state.limit));
          if (placement.reason === 'probe' || state.breaker !== 'closed') {
            expect([...probing].filter(({ memberId }) => memberId === placement.memberId)).toEqual([]);
            probing.add(placement);
          }
          running.set(placement, false);
        };
        for (const [passed, each] of steps) {
          now += passed;
          const due = router.nextTick();
          if (due !== undefined && due <= now) router.tick(now);
          if (each.do === 'ask') {
            const entry: (typeof asks)[number] = { answers: [], withdrawn: false, stayLocal: each.stayLocal };
            asks.push(entry);
            const ask = {
              ...ASK,
              class: each.class,
              stayLocal: each.stayLocal,
              prefixes: [each.prefix, 100 + asks.length],
            };
            entry.ticket = router.ask(ask, now, (answer) => {
              entry.answers.push(answer);
              if (answer.kind === 'placed') began(answer.placement, each.stayLocal);
            });
          } else if (each.do === 'withdraw') {
            const entry = asks[each.which % Math.max(1, asks.length)];
            if (entry !== undefined && entry.answers.length === 0) {
              entry.withdrawn = true;
              entry.ticket!.withdraw(now);
            }
          } else if (each.do === 'observe')
            router.observe('own-1', { waiting: each.waiting, running: 2, kvCacheUse: 0.5 }, now);
          else if (each.do === 'tick') router.tick(now);
          else {
            const placement = [...running.keys()][each.which % Math.max(1, running.size)];
            if (placement === undefined) continue;
            if (each.do === 'first') {
              if (running.get(placement) === false) placement.firstToken(now);
              running.set(placement, true);
              probing.delete(placement);
            } else {
              running.delete(placement);
              probing.delete(placement);
              placement.ended(now, each.outcome);
            }
          }
          check();
        }
        // All calls end and time passes: nobody is left without an answer.
        for (const placement of running.keys()) placement.ended(now, { kind: 'void' });
        for (let due = router.nextTick(); due !== undefined; due = router.nextTick()) {
          now = Math.max(now + 1, due);
          router.tick(now);
          for (const [placement] of running) placement.ended(now, answered);
        }
        for (const { answers, withdrawn } of asks) expect(answers).toHaveLength(withdrawn ? 0 : 1);
      }),
      { numRuns: 300 },
    );
  });
});
