import type { EvaluationResult } from '@plinth/contracts';
import type { GateVerdict, MetricComparison } from '@plinth/retrieval/evaluate';

/** One configuration as it did, beside the baseline where there is one. */
export interface EvalRun {
  readonly name: string;
  readonly result: EvaluationResult;
  /** Against the baseline; absent for the baseline itself and where there is none. */
  readonly comparison?: readonly MetricComparison[];
  /** Absent for the baseline and without a gate. */
  readonly gate?: readonly GateVerdict[];
}

export interface EvalReport {
  readonly questionSet: string;
  /** The baseline, where there is one, comes first. */
  readonly runs: readonly EvalRun[];
  readonly hasBaseline: boolean;
  /** Absent without a gate. */
  readonly passed?: boolean;
}

/** Names of all metrics of the runs, in the order they are listed by. */
export function metricNames({ runs }: EvalReport): string[] {
  return [...new Set(runs.flatMap(({ result }) => Object.keys(result.totals)))];
}
