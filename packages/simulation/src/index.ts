export { runScenario, type Fleet, type Scenario, type ScenarioResult } from './run-scenario.ts';
export { LIST_PRICES, MANAGED, SERVER, type Prices } from './strategies/assumptions.ts';
export {
  simulateDay,
  STRATEGIES,
  type DayOptions,
  type DayResult,
  type StrategyName,
  type StrategyResult,
} from './strategies/simulate-day.ts';
export type { TimelineBucket } from './strategies/timeline.ts';
export type { Verdict } from './strategies/verdict.ts';
export { generateTrace, TRACE_SHAPES, type TraceShape } from './traffic/generate-trace.ts';
export { CHAT_MIX, type RequestMix } from './traffic/mix.ts';
export { readTrace } from './traffic/read-trace.ts';
export { peakOf, type Trace } from './traffic/trace.ts';
