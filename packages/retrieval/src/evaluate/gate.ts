import { PlatformError, type EvaluationResult } from '@plinth/contracts';
import type { MetricComparison } from './compare.ts';
import { metricKind } from './metrics.ts';

/** One condition of a gate: against a number, or against the baseline less what may be lost. */
export type GateCondition = { readonly text: string; readonly metric: string } & (
  | { readonly kind: 'bound'; readonly operator: '>=' | '<='; readonly bound: number }
  | { readonly kind: 'baseline'; readonly margin: number }
);

export interface GateVerdict {
  readonly condition: string;
  readonly met: boolean;
  /** What was measured, in words. */
  readonly measured: string;
}

const CONDITIONS = 32;
const NUMBER = String.raw`\d{1,9}(?:\.\d{1,9})?`;
const CONDITION = new RegExp(
  String.raw`^(?<metric>[a-z][a-z0-9-]{0,31}(?:@\d{1,3})?)(?<operator>>=|<=)(?:(?<bound>${NUMBER})|baseline(?:(?<sign>[+-])(?<margin>${NUMBER}))?)$`,
);

/**
 * Reads a gate: conditions with commas between them, all of which must hold. `ndcg@10>=0.4` and `p95<=2000` are against numbers;
 * `ndcg@10>=baseline-0.02` asks that, at 95 % confidence, no more than 0.02 is lost against the baseline.
 */
export function parseGate(text: string): GateCondition[] {
  const parts = text.split(',').map((part) => part.replaceAll(/\s+/g, ''));
  if (parts.length > CONDITIONS)
    throw new PlatformError('invalid_request', `A gate has at most ${CONDITIONS} conditions.`);
  return parts.map(parseCondition);
}

function parseCondition(text: string): GateCondition {
  const groups = CONDITION.exec(text)?.groups;
  const refuse = (why: string) => new PlatformError('invalid_request', `The gate's "${text.slice(0, 64)}" ${why}.`);
  if (groups === undefined)
    throw refuse('cannot be read: write for example "ndcg@10>=0.4", "p95<=2000" or "ndcg@10>=baseline-0.02"');
  const { metric, operator, bound, sign, margin } = groups as Record<string, string | undefined> & { metric: string };
  const kind = metricKind(metric);
  if (kind === undefined)
    throw refuse(
      `names no metric: use ndcg@K, recall@K, precision@K, mrr, groundedness, citation-precision, p95 and the like`,
    );
  if ((operator === '>=') !== (kind.better === 'higher'))
    throw refuse(`points the wrong way: of ${metric} ${kind.better} is better`);
  if (bound === undefined) {
    if (sign === (operator === '>=' ? '+' : '-'))
      throw refuse('would ask for more than the baseline: give what may be lost');
    return { text, metric, kind: 'baseline', margin: Number(margin ?? 0) };
  }
  if (kind.unit === 'share' && Number(bound) > 1) throw refuse('is above 1, which no share reaches');
  return { text, metric, kind: 'bound', operator: operator as '>=' | '<=', bound: Number(bound) };
}

/** Judges a result. A metric that was not measured is a condition that is not met. */
export function applyGate(
  gate: readonly GateCondition[],
  result: Pick<EvaluationResult, 'totals'>,
  comparisons: readonly MetricComparison[] = [],
): GateVerdict[] {
  return gate.map((condition) => {
    const verdict = (met: boolean, measured: string) => ({ condition: condition.text, met, measured });
    if (condition.kind === 'bound') {
      const value = result.totals[condition.metric];
      if (value === undefined) return verdict(false, 'was not measured');
      const met = condition.operator === '>=' ? value >= condition.bound : value <= condition.bound;
      return verdict(met, shown(value));
    }
    const comparison = comparisons.find(({ metric }) => metric === condition.metric);
    if (comparison === undefined)
      return verdict(false, 'has no baseline: give one to compare with, and a metric of each question');
    const higher = metricKind(condition.metric)?.better === 'higher';
    const met = higher ? comparison.low >= -condition.margin : comparison.high <= condition.margin;
    return verdict(
      met,
      `${signed(comparison.difference)}, 95 % from ${signed(comparison.low)} to ${signed(comparison.high)}`,
    );
  });
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function signed(value: number): string {
  return value < 0 ? `−${shown(-value)}` : `+${shown(value)}`;
}
