import type { EvaluatedQuestion, EvaluationResult } from '@plinth/contracts';

/** The number that a share of them does not exceed, by nearest rank. Of no numbers, undefined. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Totals: the mean of each metric over the questions it is defined for, percentiles of time, and sums of tokens and cost. */
export function summarize(questions: readonly EvaluatedQuestion[]): EvaluationResult['totals'] {
  const values = new Map<string, number[]>();
  for (const { metrics } of questions)
    for (const [name, value] of Object.entries(metrics)) {
      const known = values.get(name);
      if (known === undefined) values.set(name, [value]);
      else known.push(value);
    }
  const totals: Record<string, number> = {};
  for (const [name, each] of values) totals[name] = sum(each) / each.length;
  const times = values.get('answer-ms') ?? values.get('search-ms') ?? [];
  for (const share of [50, 95, 99]) {
    const value = percentile(times, share / 100);
    if (value !== undefined) totals[`p${share}`] = value;
  }
  for (const name of ['tokens', 'cost-usd']) {
    const each = values.get(name);
    if (each !== undefined) totals[`total-${name}`] = sum(each);
  }
  return totals;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
