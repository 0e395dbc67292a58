export { processClock, type RouteClock } from './pooled/clock.ts';
export { poolsAdapter, type OpenPoolsOptions } from './pooled/open-pools.ts';
export { createPooledModel, type PooledModelOptions } from './pooled/pooled-model.ts';
export * from './create-router.ts';
export * from './policy.ts';
export { RetryBudget } from './retry-budget.ts';
export * from './router.ts';
export { parseServerLoad, readServerLoad } from './server-metrics.ts';
