import { DEFAULT_POLICY } from '@plinth/models/routing';
import type { Outcome } from '../outcome/recorder.ts';
import { runScenario, type Scenario } from '../run-scenario.ts';
import type { ManagedSpec } from '../servers/managed-endpoint.ts';
import type { ServerSpec } from '../servers/own-server.ts';
import { CHAT_MIX, type RequestMix } from '../traffic/mix.ts';
import { meanRate, peakOf, type Trace } from '../traffic/trace.ts';
import { sampleTrace, wholeTrace, type Window } from '../traffic/windows.ts';
import { LIST_PRICES, MANAGED, SERVER, type Prices } from './assumptions.ts';
import { measure, missedShare, sizeHybrid, sizeOwn } from './fleet-size.ts';
import { timelineOf, type TimelineBucket } from './timeline.ts';
import { verdictOf, type Verdict } from './verdict.ts';

export const STRATEGIES = ['managed', 'own', 'hybrid'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

export interface DayOptions {
  readonly trace: Trace;
  /** @default all */
  readonly strategies?: readonly StrategyName[];
  /** Milliseconds to the first token of interactive requests. @default 2000 */
  readonly sloTtftMs?: number;
  /** Part of the interactive requests that must have it in time, 0 to 1. @default 0.99 */
  readonly attainment?: number;
  /** Own servers of every strategy that has some. @default as many as the SLO or the bill asks for */
  readonly servers?: number;
  /** Every request of the trace, however many. @default pieces that stand for it, where it has more than `requests` */
  readonly exact?: boolean;
  /** Requests simulated of each strategy at most. @default 100000 */
  readonly requests?: number;
  readonly seed?: number;
  readonly mix?: RequestMix;
  readonly server?: ServerSpec;
  readonly managed?: ManagedSpec;
  readonly prices?: Prices;
  /** @param share of this step that is done, 0 to 1 */
  readonly onProgress?: (step: string, share: number) => void;
}

export interface StrategyResult {
  readonly strategy: StrategyName;
  readonly servers: number;
  /** Of the whole trace. */
  readonly usd: { readonly servers: number; readonly tokens: number; readonly total: number };
  readonly meetsSlo: boolean;
  readonly sloAttainment: number;
  readonly ttftMs: Outcome['ttftMs'];
  /** Part of the time that slots of own servers were in use; absent where there are none. */
  readonly utilization?: number;
  /** Parts of all requests. */
  readonly managedShare: number;
  readonly refusedShare: number;
  readonly failedShare: number;
  readonly cacheHitShare: number;
  readonly timeline: readonly TimelineBucket[];
}

export interface DayResult {
  readonly trace: { readonly name: string; readonly hours: number; readonly peak: number; readonly requests: number };
  readonly seed: number;
  readonly sloTtftMs: number;
  readonly attainment: number;
  /** Part of the trace's seconds that was simulated, 0 to 1. */
  readonly simulatedShare: number;
  /** Requests a second that one server can take at the SLO. */
  readonly requestsPerServer: number;
  readonly prices: Prices;
  readonly strategies: readonly StrategyResult[];
  readonly verdict: Verdict;
}

/** Requests simulated to find how many servers the SLO asks for, each time. */
const SIZING_REQUESTS = 20_000;
/** Servers added where that was too few, as a part, and how often. */
const RESIZED_BY = 0.02;
const MOST_RESIZED = 4;

/** A trace through each strategy: what it costs, and whether first tokens come in time. The same seed gives the same. */
export function simulateDay(options: DayOptions): DayResult {
  const { trace, seed = 1, exact = false, requests = 100_000, attainment = 0.99, onProgress } = options;
  const { mix = CHAT_MIX, server = SERVER, managed = MANAGED, prices = LIST_PRICES } = options;
  const sloTtftMs = options.sloTtftMs ?? DEFAULT_POLICY.sloTtftMs;
  const base = { mix, seed, server, managed, policy: { sloTtftMs }, price: prices.tokens };
  onProgress?.('measure a server', 0);
  const measured = measure(base);
  const windows = exact ? wholeTrace(trace) : sampleTrace(trace, requests);
  const few = sampleTrace(trace, SIZING_REQUESTS);
  const wanted = options.strategies ?? STRATEGIES;
  const day = { trace, windows, prices, attainment };
  const strategies = STRATEGIES.filter((name) => wanted.includes(name)).map((strategy) => {
    onProgress?.(strategy, 0);
    const fleet = {
      managed: () => 0,
      own: () => sizeOwn(base, trace, few, measured, attainment),
      hybrid: () => sizeHybrid(base, trace, few, measured, prices.serverHour),
    };
    const servers = strategy === 'managed' ? 0 : (options.servers ?? fleet[strategy]());
    const scenario = (count: number): Scenario => ({
      ...base,
      trace,
      windows,
      servers: count,
      managed: strategy === 'own' ? undefined : managed,
      onProgress: (second) => onProgress?.(strategy, second / trace.rates.length),
    });
    let result = resultOf(strategy, scenario(servers), day);
    // Sized on fewer requests, it may just miss the SLO.
    for (
      let more = 1;
      strategy === 'own' && options.servers === undefined && !result.meetsSlo && more <= MOST_RESIZED;
      more++
    )
      result = resultOf(strategy, scenario(Math.ceil(servers * (1 + more * RESIZED_BY))), day);
    return result;
  });
  const simulated = windows.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    trace: {
      name: trace.name,
      hours: trace.rates.length / 3_600,
      peak: peakOf(trace),
      requests: Math.round(meanRate(trace) * trace.rates.length),
    },
    seed,
    sloTtftMs,
    attainment,
    simulatedShare: simulated / trace.rates.length,
    requestsPerServer: measured.perServer,
    prices,
    strategies,
    verdict: verdictOf(strategies),
  };
}

interface Day {
  readonly trace: Trace;
  readonly windows: readonly Window[];
  readonly prices: Prices;
  readonly attainment: number;
}

function resultOf(
  strategy: StrategyName,
  scenario: Scenario,
  { trace, windows, prices, attainment }: Day,
): StrategyResult {
  const outcome = runScenario(scenario);
  const { servers, server } = scenario;
  const seconds = trace.rates.length;
  const usdServers = servers * prices.serverHour * (seconds / 3_600);
  const { input, output } = outcome.managedTokens;
  const usdTokens = (input * prices.tokens.input + output * prices.tokens.output) / 1e6;
  const share = (part: number) => (outcome.requests === 0 ? 0 : part / outcome.requests);
  return {
    strategy,
    servers,
    usd: { servers: usdServers, tokens: usdTokens, total: usdServers + usdTokens },
    meetsSlo: missedShare(outcome) <= 1 - attainment,
    sloAttainment: outcome.sloAttainment,
    ttftMs: outcome.ttftMs,
    ...(servers === 0 ? {} : { utilization: Math.min(1, outcome.slotMs / (servers * server.slots * seconds * 1_000)) }),
    managedShare: share(outcome.managed),
    refusedShare: share(outcome.refused),
    failedShare: share(outcome.failed),
    cacheHitShare: outcome.cacheHitShare,
    timeline: timelineOf(trace, windows, outcome.windows),
  };
}
