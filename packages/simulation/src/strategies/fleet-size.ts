import type { Outcome } from '../outcome/recorder.ts';
import { runScenario, type Scenario } from '../run-scenario.ts';
import { meanRate, peakOf, type Trace } from '../traffic/trace.ts';
import type { Stretch, Window } from '../traffic/windows.ts';

/** Of one server: requests a second at the SLO, and what one request costs at a managed pool, US dollars. */
export interface Measured {
  readonly perServer: number;
  readonly managedUsd: number;
}

/** Servers, and seconds of far too much traffic, that it is measured with. */
const MEASURED_SERVERS = 4;
const MEASURED_SECONDS = 60;
const WARM_UP_SECONDS = 30;
/** Windows with less traffic than this part of what the fleet can take are taken to be in time. */
const BUSY = 0.85;
/** A fleet is sized by the bill to this part of it: the bill hardly changes any more. */
const FINEST = 0.05;

type Base = Pick<Scenario, 'mix' | 'seed' | 'server' | 'managed' | 'policy' | 'price'>;

/** What a server can take at the SLO: a few of them are given far more than that, and a managed pool takes the rest. */
export function measure(base: Base): Measured {
  // More than they can decode, were prompts free.
  const { slots, itlBaseMs, itlPerAnswerMs } = base.server;
  const most = (1_000 * slots) / ((itlBaseMs + itlPerAnswerMs * slots) * base.mix.completionTokens);
  const rates = new Float64Array(WARM_UP_SECONDS + MEASURED_SECONDS).fill(1.5 * MEASURED_SERVERS * most);
  const window = { from: WARM_UP_SECONDS, seconds: MEASURED_SECONDS, warmUp: WARM_UP_SECONDS, weight: 1 };
  const { windows, managed, managedTokens } = runScenario({
    ...base,
    trace: { name: 'measure', rates },
    windows: [{ ...window, covers: [] }],
    servers: MEASURED_SERVERS,
  });
  const { input, output } = base.price ?? { input: 0, output: 0 };
  return {
    perServer: Math.max(0.01, windows[0]!.own / MEASURED_SECONDS / MEASURED_SERVERS),
    managedUsd: (managedTokens.input * input + managedTokens.output * output) / 1e6 / Math.max(1, managed),
  };
}

/** The least number of servers at which the SLO is met. */
export function sizeOwn(
  base: Base,
  trace: Trace,
  windows: readonly Window[],
  { perServer }: Measured,
  attainment: number,
): number {
  let fewest = Math.max(1, Math.floor(meanRate(trace) / perServer));
  let most = Math.ceil((1.1 * peakOf(trace)) / perServer) + 1;
  while (fewest < most) {
    const servers = Math.floor((fewest + most) / 2);
    // Where there is little traffic for so many, all are in time.
    const busy = windows.filter(
      ({ from, seconds }) => meanRate(trace, from, from + seconds) > BUSY * servers * perServer,
    );
    const part = busy.reduce((sum, { covers }) => sum + requestsIn(trace, covers), 0);
    const missed =
      busy.length === 0 ? 0 : missedShare(runScenario({ ...base, managed: undefined, trace, windows: busy, servers }));
    if (missed * part <= (1 - attainment) * meanRate(trace) * trace.rates.length) most = servers;
    else fewest = servers + 1;
  }
  return most;
}

/** Part of the requests that are not served as they should be: interactive ones late, or any refused or failed, whichever is more. */
export function missedShare({ requests, sloAttainment, refused, failed }: Outcome): number {
  return Math.max(1 - sloAttainment, requests === 0 ? 0 : (refused + failed) / requests);
}

/** The number of own servers at which they and what they leave to the managed pool cost least together. */
export function sizeHybrid(
  base: Base,
  trace: Trace,
  windows: readonly Window[],
  measured: Measured,
  serverHour: number,
): number {
  const hours = trace.rates.length / 3_600;
  const costs = new Map<number, number>();
  const usd = (servers: number): number => {
    const known = costs.get(servers);
    if (known !== undefined) return known;
    const { managed } = runScenario({ ...base, trace, windows, servers });
    const cost = servers * serverHour * hours + managed * measured.managedUsd;
    costs.set(servers, cost);
    return cost;
  };
  let best = cheapestFlow(trace, measured, serverHour);
  // Requests do not come as evenly as a flow: from there, on while it gets cheaper.
  const finest = Math.max(1, FINEST * best);
  for (let step = Math.ceil(best / 8); step >= finest; step = Math.floor(step / 2)) {
    if (usd(best + step) < usd(best)) best += step;
    else if (best >= step && usd(best - step) < usd(best)) best -= step;
  }
  return best;
}

/** The same were traffic to flow like water: each server takes what it can, the managed pool the rest. */
function cheapestFlow(trace: Trace, { perServer, managedUsd }: Measured, serverHour: number): number {
  const hours = trace.rates.length / 3_600;
  const most = Math.ceil(peakOf(trace) / perServer);
  let [best, bestUsd] = [0, Number.POSITIVE_INFINITY];
  for (let servers = 0; servers <= most; servers++) {
    let over = 0;
    for (const rate of trace.rates) over += Math.max(0, rate - servers * perServer);
    const usd = servers * serverHour * hours + over * managedUsd;
    if (usd < bestUsd) [best, bestUsd] = [servers, usd];
  }
  return best;
}

function requestsIn(trace: Trace, stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { from, to }) => sum + (to - from) * meanRate(trace, from, to), 0);
}
