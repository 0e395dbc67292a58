import { PlatformError, type EvaluationResult } from '@plinth/contracts';
import { seededRandom } from './seeded-random.ts';

/** How one metric differs between two configurations, over the questions that both have it for. */
export interface MetricComparison {
  readonly metric: string;
  readonly pairs: number;
  /** Means over those questions. */
  readonly baseline: number;
  readonly candidate: number;
  /** Candidate less baseline, with its 95 % confidence interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, that there is no difference. */
  readonly pValue: number;
  /** Questions for which the candidate's number is higher, lower, equal. */
  readonly higher: number;
  readonly lower: number;
  readonly equal: number;
}

/** Draws a resampling makes at most, so that ten thousand questions take seconds. */
const DRAWS = 20_000_000;
const RESAMPLES = 10_000;

/** Every metric that both have for the same question. The questions must be the same ones, by their ids. */
export function compareEvaluations(
  baseline: EvaluationResult,
  candidate: EvaluationResult,
  { seed = 1 }: { readonly seed?: number } = {},
): MetricComparison[] {
  const ids = (result: EvaluationResult) => [...result.questions.map(({ id }) => id)].sort().join('\n');
  if (ids(baseline) !== ids(candidate))
    throw new PlatformError(
      'invalid_request',
      'The two evaluations asked different questions. Compare runs of one set.',
    );
  const before = new Map(baseline.questions.map(({ id, metrics }) => [id, metrics]));
  const pairs = new Map<string, [number, number][]>();
  for (const { id, metrics } of candidate.questions)
    for (const [metric, value] of Object.entries(metrics)) {
      const old = before.get(id)?.[metric];
      if (old === undefined) continue;
      const known = pairs.get(metric);
      if (known === undefined) pairs.set(metric, [[old, value]]);
      else known.push([old, value]);
    }
  return [...pairs].map(([metric, values]) => comparePairs(metric, values, seed));
}

/**
 * Paired comparison of [baseline, candidate] values: a percentile bootstrap over questions for the interval, and a randomisation test that flips
 * signs for the p-value (Smucker, Allan and Carterette, A Comparison of Statistical Significance Tests for Information Retrieval Evaluation, 2007).
 */
export function comparePairs(
  metric: string,
  pairs: readonly (readonly [number, number])[],
  seed = 1,
): MetricComparison {
  if (pairs.length === 0) throw new PlatformError('invalid_request', `No question has "${metric}" in both runs.`);
  const differences = pairs.map(([old, value]) => value - old);
  const difference = mean(differences);
  const resamples = Math.max(200, Math.min(RESAMPLES, Math.floor(DRAWS / pairs.length)));
  const random = seededRandom(seed);
  const drawn = new Float64Array(resamples);
  let asExtreme = 0;
  for (let i = 0; i < resamples; i++) {
    let [sum, flipped] = [0, 0];
    for (let j = 0; j < differences.length; j++) {
      sum += differences[Math.floor(random() * differences.length)]!;
      flipped += random() < 0.5 ? differences[j]! : -differences[j]!;
    }
    drawn[i] = sum / differences.length;
    // Sums of the same numbers in another order differ in their last bits.
    if (Math.abs(flipped / differences.length) >= Math.abs(difference) - 1e-12) asExtreme++;
  }
  drawn.sort();
  const at = (share: number) => drawn[Math.round(share * (resamples - 1))]!;
  return {
    metric,
    pairs: pairs.length,
    baseline: mean(pairs.map(([old]) => old)),
    candidate: mean(pairs.map(([, value]) => value)),
    difference,
    low: at(0.025),
    high: at(0.975),
    pValue: (asExtreme + 1) / (resamples + 1),
    higher: differences.filter((each) => each > 0).length,
    lower: differences.filter((each) => each < 0).length,
    equal: differences.filter((each) => each === 0).length,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
