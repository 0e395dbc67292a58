import { PlatformError, type ErrorCode } from '@plinth/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../model-client.ts';
import { ManualClock, settled } from '../../testing/manual-clock.ts';
import { pooledCatalogModel, type PoolSketch } from '../../testing/pooled-models.ts';
import { outcomeOf, textOf } from '../../testing/read-events.ts';
import { routedModel, type RoutedOptions } from '../../testing/routed-model.ts';
import { answers, failsWith, forever, ScriptedPlace, type PlaceScript } from '../../testing/scripted-place.ts';
import { createRouter } from '../create-router.ts';
import { createPooledModel } from './pooled-model.ts';

const OWN: PoolSketch = { id: 'own', owner: 'own', local: true, members: [{ id: 'a' }, { id: 'b' }] };
const MANAGED: PoolSketch = { id: 'bedrock', owner: 'managed', members: [{ id: 'm' }] };
const PRICE = { input: 1, output: 2 };

/** Two servers of our own, and a managed endpoint. */
function hybrid(scripts: Partial<Record<'a' | 'b' | 'm', PlaceScript>> = {}, options: RoutedOptions = {}) {
  const place = (id: 'a' | 'b' | 'm') => new ScriptedPlace(scripts[id] ?? answers(`from ${id}`));
  const places = { a: place('a'), b: place('b'), m: place('m') };
  return routedModel([OWN, { ...MANAGED, price: PRICE }], places, options);
}
/** One of each. */
function pair(scripts: { a?: PlaceScript; m?: PlaceScript } = {}, options: RoutedOptions = {}, slots = 4) {
  const places = { a: new ScriptedPlace(scripts.a ?? answers('a')), m: new ScriptedPlace(scripts.m ?? answers('m')) };
  const own = { ...OWN, members: [{ id: 'a', slots }] };
  return routedModel([own, { ...MANAGED, members: [{ id: 'm', slots }] }], places, options);
}

const routeOf = (events: readonly ModelEvent[]) => {
  const [first] = events;
  return first?.type === 'start' || first?.type === 'error' ? first.route : undefined;
};
const DOWN = failsWith('upstream_failed');

describe('an answer of a model with pools', () => {
  it('says where it comes from, why, and what its tokens cost there', async () => {
    const { ask, inFlight } = hybrid();
    const { done } = ask();
    const events = await done;
    expect(textOf(events)).toBe('from a');
    expect(routeOf(events)).toEqual({
      pool: 'own',
      member: 'a',
      reason: 'own-free',
      queuedMs: 0,
      attempts: [],
      price: { input: 0, output: 0 },
    });
    expect(outcomeOf(events)).toBe('end');
    expect(inFlight()).toBe(0);
  });

  it.each([
    ['a place that is down', DOWN, 'upstream_failed'],
    ['one that begins and then fails', failsWith('upstream_failed', [{ type: 'start' }]), 'upstream_failed'],
    ['one that is full', failsWith('overloaded'), 'overloaded'],
    ['one whose credentials are refused', failsWith('configuration'), 'configuration'],
    ['one that ends without a word', [{ type: 'start' } as const], 'upstream_failed'],
  ])('comes from elsewhere after %s, as one answer', async (_name, script, outcome) => {
    const { ask, inFlight } = hybrid({ a: script });
    const { done } = ask();
    const events = await done;
    expect(events.filter(({ type }) => type === 'start')).toHaveLength(1);
    expect(textOf(events)).toBe('from b');
    expect(routeOf(events)).toMatchObject({ member: 'b', attempts: [{ pool: 'own', member: 'a', outcome }] });
    expect(inFlight()).toBe(0);
  });

  it('that breaks off after its first token is one error, never a second answer', async () => {
    const { ask, places, inFlight } = hybrid({
      a: failsWith('upstream_failed', [{ type: 'start' }, { type: 'text', text: 'Half' }]),
    });
    const { done } = ask();
    const events = await done;
    expect(events.map(({ type }) => type)).toEqual(['start', 'text', 'error']);
    expect([places.b.calls, places.m.calls, inFlight()]).toEqual([0, 0, 0]);
  });

  it.each<ErrorCode>(['invalid_request', 'context_length_exceeded', 'upstream_rejected'])(
    'is not asked for elsewhere where the request is at fault (%s)',
    async (code) => {
      const { ask, places } = hybrid({ a: failsWith(code) });
      expect(outcomeOf(await ask().done)).toBe(code);
      expect([places.b.calls, places.m.calls]).toEqual([0, 0]);
    },
  );

  it('comes whole, too, and from elsewhere until it does', async () => {
    const { ask } = hybrid({ a: DOWN });
    const { done } = ask({ stream: false });
    expect(textOf(await done)).toBe('from b');
  });

  it('spills to a managed pool while own places are taken, at its price', async () => {
    const { ask, inFlight } = pair({ a: [forever] }, {}, 1);
    const held = ask();
    await settled();
    const spilled = ask();
    expect(routeOf(await spilled.done)).toMatchObject({ pool: 'bedrock', reason: 'spilled' });
    expect(inFlight()).toBe(1);
    held.controller.abort();
    await held.done;
    expect(inFlight()).toBe(0);
  });

  it('has the features that all places have', () => {
    const places = { a: new ScriptedPlace(), m: new ScriptedPlace() };
    places.m.features = new Set(['tools', 'images']);
    const { client } = routedModel([{ ...OWN, members: [{ id: 'a' }] }, MANAGED], places);
    expect([...client.features]).toEqual(['tools']);
  });
});

describe('a request that no place answers', () => {
  it('is refused with when to come back, once all are full', async () => {
    const { ask } = pair({ a: failsWith('overloaded'), m: failsWith('upstream_throttled', [], 7) });
    const events = await ask().done;
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'error',
      error: { code: 'upstream_throttled', status: 503, retryable: true, retryAfterSeconds: 7 },
      route: { queuedMs: 0, attempts: [{ outcome: 'overloaded' }, { outcome: 'upstream_throttled' }] },
    });
  });

  it('waits for a place, and no longer than its class has patience', async () => {
    const policy = { patienceMs: { interactive: 1_000, experimental: 1_000, batch: 1_000 } };
    const { ask, clock, inFlight } = pair({ a: [forever], m: [forever] }, { policy }, 1);
    const held = [ask(), ask()];
    await settled();
    const waiting = ask();
    await clock.advance(999);
    expect(waiting.events).toEqual([]);
    await clock.advance(2);
    expect((await waiting.done)[0]).toMatchObject({
      error: { code: 'overloaded', status: 503, retryable: true, retryAfterSeconds: expect.any(Number) as number },
      route: { attempts: [] },
    });
    for (const each of held) each.controller.abort();
    await Promise.all(held.map((each) => each.done));
    expect([inFlight(), clock.waiting]).toEqual([0, 0]);
  });

  it('is placed when a place is free, and says how long it waited', async () => {
    const { ask, clock, places } = pair({ a: [forever], m: [forever] }, {}, 1);
    const held = [ask(), ask()];
    await settled();
    const waiting = ask();
    await clock.advance(300);
    places.a.script = answers('a');
    held[0]!.controller.abort();
    expect(routeOf(await waiting.done)).toMatchObject({ member: 'a', reason: 'queued', queuedMs: 300 });
    held[1]!.controller.abort();
  });

  it('is tried three times at most', async () => {
    const members = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));
    const places = Object.fromEntries(members.map(({ id }) => [id, new ScriptedPlace(DOWN)]));
    const { ask } = routedModel([{ ...OWN, members }], places);
    expect(outcomeOf(await ask().done)).toBe('upstream_failed');
    expect(Object.values(places).reduce((sum, { calls }) => sum + calls, 0)).toBe(3);
  });

  it('is not tried again once retries are used up, so that an outage is not doubled', async () => {
    const retries = { share: 0, perSecond: 0, most: 2 };
    const policy = { breaker: { ...BREAKER, failuresInARow: 100, leastCalls: 100 } };
    const { ask, places } = pair({ a: DOWN }, { retries, policy });
    const outcomes = [];
    for (let request = 0; request < 5; request++) outcomes.push(outcomeOf(await ask().done));
    expect(outcomes.filter((outcome) => outcome === 'upstream_failed')).toHaveLength(3);
    expect(places.m.calls).toBe(2);
  });
});

const BREAKER = {
  failuresInARow: 2,
  failureShare: 0.5,
  leastCalls: 20,
  windowMs: 10_000,
  openMs: 1_000,
  longestOpenMs: 60_000,
};

describe('data that must stay', () => {
  it('goes to local pools alone, however they do', async () => {
    const { ask, places } = hybrid({ a: DOWN, b: DOWN });
    expect(outcomeOf(await ask({}, { stayLocal: true }).done)).toBe('upstream_failed');
    expect([places.a.calls, places.b.calls, places.m.calls]).toEqual([1, 1, 0]);
  });

  it('is refused where no pool is local', async () => {
    const places = { m: new ScriptedPlace() };
    const { ask } = routedModel([MANAGED], places);
    expect(outcomeOf(await ask({}, { stayLocal: true }).done)).toBe('permission_denied');
    expect(places.m.calls).toBe(0);
  });

  it('is counted at local places alone', async () => {
    const { client, places } = hybrid();
    places.a.tokens = new PlatformError('upstream_failed', 'Gone.');
    places.m.tokens = 5;
    const route = { class: 'interactive', stayLocal: true, tenant: 'acme' } as const;
    const { signal } = new AbortController();
    await expect(client.countTokens([], { signal, route })).rejects.toThrow('Gone.');
    expect(places.m.counts).toBe(0);
  });
});

describe('prompt tokens', () => {
  const { signal } = new AbortController();

  it('are counted at an own place, and at a managed one where that cannot', async () => {
    const { client, places } = hybrid();
    places.m.tokens = 5;
    expect(await client.countTokens([], { signal })).toBe(5);
    places.a.tokens = 7;
    expect(await client.countTokens([], { signal })).toBe(7);
    places.a.tokens = new PlatformError('upstream_failed', 'Gone.');
    expect(await client.countTokens([], { signal })).toBe(5);
  });

  it('are unknown where no place knows', async () => {
    const { client } = hybrid();
    expect(await client.countTokens([], { signal })).toBeUndefined();
  });
});

describe('a caller who leaves', () => {
  it('while waiting for a place was read by nobody, and gives up its place in the line', async () => {
    const { ask, places, clock } = pair({ a: [forever], m: [forever] }, {}, 1);
    const held = [ask(), ask()];
    await settled();
    const waiting = ask();
    await settled();
    waiting.controller.abort();
    expect((await waiting.done)[0]).toMatchObject({ error: { code: 'client_closed' }, route: { attempts: [] } });
    expect([places.a.calls, places.m.calls]).toEqual([1, 1]);
    for (const each of held) each.controller.abort();
    await Promise.all(held.map((each) => each.done));
    expect(clock.waiting).toBe(0);
  });

  it('before the first token ends the call, which is held against no place', async () => {
    const { ask, places, inFlight, breakerOf } = pair(
      { a: [{ type: 'start' }, forever] },
      { policy: { breaker: { ...BREAKER, failuresInARow: 1 } } },
    );
    const asked = ask();
    await settled();
    asked.controller.abort();
    expect(outcomeOf(await asked.done)).toBe('client_closed');
    expect([places.a.cancelled, places.m.calls, inFlight(), breakerOf('a')]).toEqual([1, 0, 0, 'closed']);
    expect(routeOf(asked.events)).toMatchObject({
      attempts: [{ outcome: 'client_closed' }],
      price: { input: 0, output: 0 },
    });
  });

  it('in the middle of an answer, by leaving the loop, frees the place', async () => {
    const { client, places, inFlight } = pair({ a: [...answers('x').slice(0, 2), forever] });
    const { signal } = new AbortController();
    for await (const event of client.stream({ messages: [], maxTokens: 4, stream: true }, { signal }))
      if (event.type === 'text') break;
    await settled();
    expect([places.a.running, inFlight()]).toEqual([0, 0]);
  });
});

describe('a place that is silent', () => {
  it('is given up after a while, and counts as out of order', async () => {
    const policy = { breaker: { ...BREAKER, failuresInARow: 1 } };
    const { ask, clock, breakerOf } = pair({ a: [forever] }, { policy, beginWithinMs: 500 });
    const asked = ask();
    await clock.advance(499);
    expect(asked.events).toEqual([]);
    await clock.advance(1);
    expect(routeOf(await asked.done)).toMatchObject({ member: 'm', attempts: [{ outcome: 'upstream_timeout' }] });
    expect(breakerOf('a')).toBe('open');
  });

  it('on probation holds a request up for 25 ms, and is believed when it answers late', async () => {
    const policy = { breaker: { ...BREAKER, failuresInARow: 1 } };
    const { ask, clock, places, breakerOf } = pair({ a: DOWN }, { policy });
    await ask().done;
    await clock.advance(1_001);
    let live: (value: unknown) => void = () => undefined;
    places.a.script = [() => new Promise((resolve) => (live = resolve)), ...answers('late')];
    const probe = ask();
    await clock.advance(24);
    expect([probe.events, places.m.calls]).toEqual([[], 1]);
    await clock.advance(1);
    const events = await probe.done;
    expect(textOf(events)).toBe('m');
    expect(routeOf(events)?.attempts).toEqual([{ pool: 'own', member: 'a', outcome: 'slow' }]);
    expect(breakerOf('a')).toBe('half-open');
    live(undefined);
    await settled();
    expect([breakerOf('a'), places.a.running]).toEqual(['closed', 0]);
    places.a.script = answers('back');
    expect(textOf(await ask().done)).toBe('back');
  });

  it('on probation answers by itself where there is no other', async () => {
    const policy = { breaker: { ...BREAKER, failuresInARow: 1 } };
    const places = { a: new ScriptedPlace(DOWN) };
    const { ask, clock } = routedModel([{ ...OWN, members: [{ id: 'a' }] }], places, { policy });
    await ask().done;
    await clock.advance(1_001);
    let live: (value: unknown) => void = () => undefined;
    places.a.script = [() => new Promise((resolve) => (live = resolve)), ...answers('late')];
    const probe = ask();
    await clock.advance(100);
    live(undefined);
    expect(textOf(await probe.done)).toBe('late');
  });
});

describe('a second place asked for a first that is late', () => {
  async function warm(options: RoutedOptions) {
    const routed = hybrid({}, options);
    for (let request = 0; request < 30; request++) await routed.ask().done;
    return routed;
  }

  it('is one of our own, where the model hedges; whoever begins first answers, and the other is given up', async () => {
    const { ask, places, clock, inFlight } = await warm({ target: { hedge: true } });
    const before = places.b.calls;
    places.a.script = [{ type: 'start' }, forever];
    const asked = ask();
    await clock.advance(5);
    const events = await asked.done;
    expect(textOf(events)).toBe('from b');
    expect(routeOf(events)?.attempts).toEqual([{ pool: 'own', member: 'a', outcome: 'later' }]);
    expect([places.b.calls - before, places.a.running, places.m.calls, inFlight()]).toEqual([1, 0, 0, 0]);
  });

  it('is none where it does not', async () => {
    const { ask, places, clock } = await warm({});
    places.a.script = [{ type: 'start' }, forever];
    const asked = ask();
    await clock.advance(1_000);
    expect(asked.events).toEqual([]);
    asked.controller.abort();
    await asked.done;
  });
});

describe('whatever places do', () => {
  const script = fc.constantFrom<PlaceScript>(
    answers('x', 'y'),
    DOWN,
    failsWith('overloaded'),
    failsWith('upstream_throttled', [], 1),
    failsWith('upstream_failed', [{ type: 'start' }]),
    failsWith('upstream_timeout', [{ type: 'start' }, { type: 'text', text: 'x' }]),
    failsWith('invalid_request'),
    [{ type: 'start' }, forever],
    [forever],
  );

  it('each request ends once, with a start before any text, and nothing is left running', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ a: script, b: script, m: script, stays: fc.boolean(), leaves: fc.boolean() }), {
          maxLength: 12,
        }),
        async (rounds) => {
          const routed = hybrid({}, { beginWithinMs: 200, target: { hedge: true } });
          const asked = [];
          for (const { a, b, m, stays, leaves } of rounds) {
            Object.assign(routed.places.a, { script: a });
            Object.assign(routed.places.b, { script: b });
            Object.assign(routed.places.m, { script: m });
            const request = routed.ask({}, { stayLocal: stays });
            asked.push(request);
            if (leaves) await routed.clock.advance(20).then(() => request.controller.abort());
          }
          await routed.clock.advance(120_000);
          for (const { done, events } of asked) {
            await done;
            const types = events.map(({ type }) => type);
            expect(types.filter((type) => type === 'end' || type === 'error')).toHaveLength(1);
            expect(types.indexOf('start')).toBeLessThanOrEqual(0);
            if (types.includes('text')) expect(types[0]).toBe('start');
            expect(routeOf(events)?.attempts.length).toBeLessThanOrEqual(6);
          }
          await settled();
          const running = Object.values(routed.places).reduce((sum, place) => sum + place.running, 0);
          expect([running, routed.inFlight(), routed.clock.waiting]).toEqual([0, 0, 0]);
        },
      ),
      { numRuns: 60 },
    ));
});

describe('a model whose target is of another kind, or without clients for its members', () => {
  it('is refused when it is opened', () => {
    const model = pooledCatalogModel([OWN]);
    const router = createRouter({ pools: model.target.pools });
    const parts = { router, clock: new ManualClock(), clients: new Map() };
    const target = { kind: 'openai', baseUrl: 'http://127.0.0.1:1', modelId: 'm' } as const;
    expect(() => createPooledModel({ ...parts, model: { ...model, target } })).toThrow(
      /has a openai target, not pools/,
    );
    expect(() => createPooledModel({ ...parts, model })).toThrow('There is no client for the member "a".');
  });
});
