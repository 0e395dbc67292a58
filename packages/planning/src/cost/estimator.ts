import type { Price } from '@plinth/sizing';
import type { PlannedResource } from '../plan.ts';
import type { StackModels } from './stack-models.ts';
import type { Usage } from './usage.ts';

/** One thing AWS bills for a resource. */
export interface Charge {
  readonly what: string;
  readonly price: Price;
  /** How many of the price's unit in a month of that usage; `Infinity` where nothing bounds it. Grows with the usage. */
  readonly quantity: (usage: Usage) => number;
  readonly note?: string | undefined;
}

export interface CostContext {
  readonly resources: readonly PlannedResource[];
  readonly models: StackModels;
}

/** Knows what one family of resources costs. */
export interface Estimator {
  readonly types: readonly string[];
  charges(resource: PlannedResource, context: CostContext): readonly Charge[];
}

/** The same whether it is used or not. */
export function always(quantity: number): Charge['quantity'] {
  return () => quantity;
}

/** By the request, `perRequest` for each. */
export function forRequests(perRequest: number): Charge['quantity'] {
  return ({ requests }) => requests * perRequest;
}
