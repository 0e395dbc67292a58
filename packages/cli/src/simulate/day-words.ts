import type { DayResult, StrategyName, StrategyResult } from '@plinth/simulation';

export const STRATEGY_NAMES: Readonly<Record<StrategyName, string>> = {
  managed: 'all managed',
  own: 'all self-hosted',
  hybrid: 'hybrid',
};

/** What a strategy came to, in the columns of a table. */
export const COLUMNS: readonly { readonly head: string; readonly of: (result: StrategyResult) => string }[] = [
  { head: 'servers', of: ({ servers }) => String(servers) },
  { head: 'cost', of: ({ usd }) => dollars(usd.total) },
  { head: 'servers $', of: ({ usd }) => dollars(usd.servers) },
  { head: 'tokens $', of: ({ usd }) => dollars(usd.tokens) },
  { head: 'in time', of: ({ sloAttainment }) => percent(sloAttainment, 2) },
  { head: 'p50', of: ({ ttftMs }) => ms(ttftMs.p50) },
  { head: 'p95', of: ({ ttftMs }) => ms(ttftMs.p95) },
  { head: 'p99', of: ({ ttftMs }) => ms(ttftMs.p99) },
  { head: 'used', of: ({ utilization }) => (utilization === undefined ? '–' : percent(utilization)) },
  { head: 'managed', of: ({ managedShare }) => percent(managedShare) },
  { head: 'refused', of: ({ refusedShare, failedShare }) => percent(refusedShare + failedShare, 2) },
];

/** The trace in a line. */
export function traceWords({ trace, simulatedShare }: DayResult): string {
  const hours = `${Number(trace.hours.toFixed(2))} h`;
  const requests = trace.requests.toLocaleString('en-US');
  const how =
    simulatedShare >= 1 ? 'every request simulated' : `${percent(simulatedShare, 2)} of the time simulated, scaled up`;
  return `${trace.name}, ${hours}, ${requests} requests, ${rate(trace.peak)} a second at the most; ${how}`;
}

/** What was taken for granted. */
export function assumptionWords({ sloTtftMs, attainment, requestsPerServer, prices, seed }: DayResult): string[] {
  return [
    `SLO: the first token of ${percent(attainment)} of interactive requests within ${ms(sloTtftMs)}, and no more than ${percent(1 - attainment)} of all refused.`,
    `A server takes ${rate(requestsPerServer)} requests a second at the SLO, and costs $${prices.serverHour} an hour; a million tokens of the managed model $${prices.tokens.input} read, $${prices.tokens.output} written.`,
    `Prices: ${prices.source}. Speeds are assumed, not measured. Seed ${seed}.`,
  ];
}

export function dollars(usd: number): string {
  const digits = usd !== 0 && usd < 100 ? 2 : 0;
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}

export function rate(perSecond: number): string {
  return perSecond.toLocaleString('en-US', { maximumFractionDigits: perSecond < 10 ? 2 : perSecond < 100 ? 1 : 0 });
}

function ms(value: number): string {
  return `${Math.round(value).toLocaleString('en-US')} ms`;
}
