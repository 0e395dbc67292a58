import type { RoutingPolicy } from '@plinth/models/routing';
import { describe, expect, it } from 'vitest';
import { runScenario, type Scenario } from './run-scenario.ts';
import type { ServerSpec } from './servers/own-server.ts';
import { oracle } from './testing/oracle.ts';
import { roundRobin } from './testing/round-robin.ts';
import { CHAT_MIX } from './traffic/mix.ts';

const SERVER: ServerSpec = {
  slots: 32,
  queueLimit: 16,
  readTokensPerMs: 8,
  readBaseMs: 5,
  itlBaseMs: 14,
  itlPerAnswerMs: 0.25,
  itlReadingMs: 10,
  cacheTokens: 60_000,
  kvTokens: 120_000,
};
const PEOPLE = { interactive: 1, experimental: 0, batch: 0 };
const SEEDS = [1, 2, 3, 4, 5, 6];

describe('a burst of four times the traffic, on eight servers and an overflow pool', () => {
  const policy: Partial<RoutingPolicy> = { sloTtftMs: 1_000 };
  const burst = (seed: number, usual: number): Scenario => ({
    trace: { name: 'burst', rates: Float64Array.from({ length: 180 }, (_, s) => (s >= 60 && s < 120 ? 4 : 1) * usual) },
    mix: { ...CHAT_MIX, classShares: PEOPLE },
    seed,
    servers: 8,
    server: SERVER,
    managed: { ttftMs: 400, ttftSpread: 0.3, itlMs: 12 },
    policy,
  });
  /** The least p99 of oracles with more and less patience and care for what comes after, which give no more away than the router does. */
  const oracleP99 = (scenario: Scenario, managed: number): number => {
    const p99s = [100, 200, 400, 800].flatMap((spillAboveMs) =>
      [0, 0.5].map((others) => {
        const known = runScenario({ ...scenario, router: (fleet) => oracle({ ...fleet, spillAboveMs, others }) });
        expect(known.answered).toBe(known.requests);
        return known.managed <= managed + 0.01 * known.requests ? known.ttftMs.p99 : Number.POSITIVE_INFINITY;
      }),
    );
    const least = Math.min(...p99s);
    expect(least).toBeLessThan(Number.POSITIVE_INFINITY);
    return least;
  };

  // Four times 10 is what the servers take, four times 20 half as much again, four times 40 three times as much.
  it.each([10, 20, 40])(
    'with %i requests a second as usual, has a p99 of at most 1.2 times an oracle, spills nothing that could stay, and loses nothing',
    (usual) => {
      for (const seed of SEEDS) {
        const routed = runScenario(burst(seed, usual));
        expect(routed.answered, `seed ${seed}`).toBe(routed.requests);
        expect(routed.managedWhileFree / routed.requests, `seed ${seed}`).toBeLessThanOrEqual(0.05);
        expect(routed.ttftMs.p99, `seed ${seed}`).toBeLessThanOrEqual(
          1.2 * oracleP99(burst(seed, usual), routed.managed),
        );
      }
    },
  );
});

describe('sixty of a hundred prompts that share their beginning with others, more than servers can read', () => {
  const shared = (seed: number): Scenario => ({
    trace: { name: 'shared', rates: new Float64Array(240).fill(60) },
    mix: {
      ...CHAT_MIX,
      classShares: PEOPLE,
      conversationShare: 0,
      systemShare: 0.6,
      systemPrompts: 500,
      systemTokens: 3_000,
      userTokens: 50,
      userSpread: 0.3,
      completionTokens: 30,
      completionSpread: 0.3,
    },
    seed,
    servers: 8,
    server: { ...SERVER, cacheTokens: 400_000, kvTokens: 500_000 },
    policy: { sloTtftMs: 1_000 },
  });

  it.each(SEEDS.slice(0, 4))('are answered at twice the rate of round robin, seed %i', (seed) => {
    const perSecond = ({ answered, endedAtMs }: ReturnType<typeof runScenario>) => answered / endedAtMs;
    const routed = runScenario(shared(seed));
    const inTurn = runScenario({ ...shared(seed), router: ({ pools }) => roundRobin(pools) });
    expect(perSecond(routed)).toBeGreaterThanOrEqual(2 * perSecond(inTurn));
    for (const { answered, refused, requests } of [routed, inTurn]) expect(answered + refused).toBe(requests);
  });
});

describe('a server that dies under load', () => {
  it('takes only those with it that had begun to hear their answer', () => {
    const result = runScenario({
      trace: { name: 'steady', rates: new Float64Array(60).fill(30) },
      mix: { ...CHAT_MIX, classShares: PEOPLE },
      seed: 1,
      servers: 4,
      server: SERVER,
      managed: { ttftMs: 400, ttftSpread: 0.3, itlMs: 12 },
      outages: [{ server: 'own-1', from: 20_000, until: 40_000 }],
    });
    expect(result.refused).toBe(0);
    expect(result.failed).toBeLessThanOrEqual(SERVER.slots);
    expect(result.answered + result.failed).toBe(result.requests);
    expect(result.sloAttainment).toBeGreaterThan(0.97);
  });
});

describe('a managed pool over its quota', () => {
  it('throttles, is given less, and what nobody can take is refused, not lost', () => {
    const result = runScenario({
      trace: { name: 'steady', rates: new Float64Array(60).fill(40) },
      mix: { ...CHAT_MIX, classShares: PEOPLE },
      seed: 1,
      servers: 1,
      server: SERVER,
      managed: { ttftMs: 400, ttftSpread: 0.3, itlMs: 12, requestsPerMinute: 600 },
    });
    expect(result.managed).toBeLessThanOrEqual(600 + 60);
    expect(result.refused).toBeGreaterThan(0);
    expect(result.answered + result.refused).toBe(result.requests);
  });
});
