export * from './answer.ts';
export * from './compare.ts';
export * from './gate.ts';
export { METRICS, metricKind, TOTALS, type MetricKind } from './metrics.ts';
export * from './question-set.ts';
export * from './ranking.ts';
export * from './run-evaluation.ts';
export * from './seeded-random.ts';
export * from './summarize.ts';
