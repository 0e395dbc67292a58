import {
  createRouter,
  DEFAULT_POLICY,
  type PoolSettings,
  type Router,
  type RoutingPolicy,
} from '@plinth/models/routing';
import { Recorder, type Outcome } from './outcome/recorder.ts';
import { Random } from './random.ts';
import { ManagedEndpoint, type ManagedSpec } from './servers/managed-endpoint.ts';
import { OwnServer, type ServerHost, type ServerSpec } from './servers/own-server.ts';
import { Simulation, type Outage } from './simulation.ts';
import { Arrivals } from './traffic/arrivals.ts';
import type { RequestMix } from './traffic/mix.ts';
import { RequestSource } from './traffic/request-source.ts';
import type { Trace } from './traffic/trace.ts';
import { wholeTrace, type Window } from './traffic/windows.ts';

/** What one simulation is of. */
export interface Scenario {
  readonly trace: Trace;
  /** @default the whole trace */
  readonly windows?: readonly Window[];
  readonly mix: RequestMix;
  readonly seed: number;
  /** Own servers, all alike. */
  readonly servers: number;
  readonly server: ServerSpec;
  readonly managed?: ManagedSpec;
  readonly policy?: Partial<RoutingPolicy>;
  readonly price?: PoolSettings['price'];
  readonly outages?: readonly Outage[];
  readonly onProgress?: (traceSecond: number) => void;
  /** @default `createRouter` */
  readonly router?: (fleet: Fleet) => Router;
}

export interface Fleet {
  readonly pools: readonly PoolSettings[];
  readonly servers: readonly OwnServer[];
  readonly endpoints: readonly ManagedEndpoint[];
  readonly policy: RoutingPolicy;
}

export interface ScenarioResult extends Outcome {
  /** Milliseconds of the simulation until the last request came to its end. */
  readonly endedAtMs: number;
}

/** Requests that a managed endpoint is given at once by one router: its own limit is the quota. */
const MANAGED_AT_ONCE = 1_000_000;

export function runScenario(scenario: Scenario): ScenarioResult {
  const { trace, mix, seed, windows = wholeTrace(trace) } = scenario;
  const policy = { ...DEFAULT_POLICY, ...scenario.policy };
  const recorder = new Recorder(windows.length, policy.sloTtftMs);
  // The servers answer to the simulation, which is made of them.
  const host: ServerHost = {
    firstToken: (request, now) => simulation.firstToken(request, now),
    finished: (request, now) => simulation.finished(request, now),
  };
  const servers = Array.from(
    { length: scenario.servers },
    (_, index) => new OwnServer(`own-${index + 1}`, scenario.server, host),
  );
  const endpoints =
    scenario.managed === undefined
      ? []
      : [new ManagedEndpoint('managed-1', scenario.managed, new Random(seed ^ 0x3a7))];
  const fleet = { pools: poolsOf(scenario), servers, endpoints, policy };
  const router =
    scenario.router?.(fleet) ?? createRouter({ pools: fleet.pools, policy, random: new Random(seed ^ 0x51f).next });
  const source = new RequestSource(mix, new Random(seed ^ 0x9e5));
  source.warmUp(trace.rates[Math.max(0, (windows[0]?.from ?? 0) - (windows[0]?.warmUp ?? 0))] ?? 0);
  const simulation: Simulation = new Simulation({
    router,
    servers,
    endpoints,
    recorder,
    // The same seed gives the same requests at the same times, whatever answers them.
    arrivals: new Arrivals(trace, windows, new Random(seed ^ 0xa11)),
    source,
    retry: policy.retry,
    outages: scenario.outages,
    onProgress: scenario.onProgress,
  });
  const endedAtMs = simulation.run();
  return { ...recorder.outcome(), endedAtMs };
}

function poolsOf({ servers, server, managed, price = { input: 0, output: 0 } }: Scenario): PoolSettings[] {
  const own = Array.from({ length: servers }, (_, index) => ({
    id: `own-${index + 1}`,
    slots: server.slots,
    maxSlots: server.slots,
  }));
  const endpoint = { id: 'managed-1', slots: MANAGED_AT_ONCE, maxSlots: MANAGED_AT_ONCE };
  return [
    ...(servers === 0
      ? []
      : [{ id: 'own', owner: 'own' as const, local: true, price: { input: 0, output: 0 }, members: own }]),
    ...(managed === undefined
      ? []
      : [{ id: 'managed', owner: 'managed' as const, local: false, price, members: [endpoint] }]),
  ];
}
