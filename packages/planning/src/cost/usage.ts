import type { LoadProfile } from '@plinth/sizing';
import type { CostCase } from './cost.ts';
import type { Limits } from './limits.ts';

export const SECONDS_PER_MONTH = 730 * 3600;

/** What a stack does in one month. `Infinity` where nothing bounds it. */
export interface Usage {
  readonly case: CostCase;
  readonly requests: number;
  /** Over all requests. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedPromptShare: number;
  readonly secondsPerRequest: number;
  readonly activeUsers: number;
  readonly storedGb: number;
  readonly batchInstanceHours: number;
  readonly transitions: number;
  /** Most that models may cost before the ledger refuses. */
  readonly modelSpendUsd: number;
  readonly averageInstances: number | undefined;
  readonly databaseAcus: number | undefined;
}

const IDLE: Usage = {
  case: 'idle',
  requests: 0,
  promptTokens: 0,
  completionTokens: 0,
  cachedPromptShare: 0,
  secondsPerRequest: 1,
  activeUsers: 0,
  storedGb: 0,
  batchInstanceHours: 0,
  transitions: 0,
  modelSpendUsd: 0,
  averageInstances: undefined,
  databaseAcus: undefined,
};

/** The three months a stack is priced for. */
export function usageOf(load: LoadProfile | null, limits: Limits): Record<CostCase, Usage> {
  return { idle: IDLE, load: atLoad(load), worst: atWorst(load, limits) };
}

function atLoad(load: LoadProfile | null): Usage {
  if (load === null) return { ...IDLE, case: 'load' };
  const { requestsPerMonth, promptTokens, completionTokens, workflowRunsPerMonth, transitionsPerRun } = load;
  return {
    case: 'load',
    requests: requestsPerMonth,
    promptTokens: requestsPerMonth * promptTokens,
    completionTokens: requestsPerMonth * completionTokens,
    cachedPromptShare: load.cachedPromptShare,
    secondsPerRequest: load.secondsPerRequest,
    activeUsers: load.activeUsers,
    storedGb: load.storedGb,
    batchInstanceHours: load.batchInstanceHours,
    transitions: workflowRunsPerMonth * transitionsPerRun,
    modelSpendUsd: Infinity,
    averageInstances: load.averageInstances,
    databaseAcus: load.databaseAcus,
  };
}

/** Every limit used to the full, all month, on what is dearest. Nothing is read from a cache, as nobody promises that it is. */
function atWorst(load: LoadProfile | null, limits: Limits): Usage {
  const { requests, promptTokensPerRequest, completionTokensPerRequest, tokens } = limits;
  const completionTokens = Math.min(times(requests, completionTokensPerRequest), tokens);
  const left = tokens === Infinity ? Infinity : tokens - completionTokens;
  return {
    case: 'worst',
    requests,
    promptTokens: Math.min(times(requests, promptTokensPerRequest), left),
    completionTokens,
    cachedPromptShare: 0,
    secondsPerRequest: load?.secondsPerRequest ?? 1,
    activeUsers: limits.users,
    storedGb: Infinity,
    batchInstanceHours: Infinity,
    transitions: Infinity,
    modelSpendUsd: limits.modelSpendUsd,
    averageInstances: undefined,
    databaseAcus: undefined,
  };
}

/** Nothing of something unbounded is nothing. */
function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}
