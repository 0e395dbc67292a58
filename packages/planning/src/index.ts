export { exitCodeOf, Plan, PlanFinding, PlannedResource, type PlannedValue } from './plan.ts';
export { planStack, type PlanOptions } from './plan-stack.ts';
export { renderJson } from './render/json.ts';
export { renderTree, type TreeOptions } from './render/tree.ts';
