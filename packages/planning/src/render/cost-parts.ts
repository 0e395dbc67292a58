import { COST_CASES, type CostCase, type CostLine } from '../cost/cost.ts';
import type { Plan, PlannedResource } from '../plan.ts';
import { partsOf } from './parts.ts';

/** What one part of a stack costs. */
export interface CostPart {
  readonly part: PlannedResource;
  readonly lines: readonly CostLine[];
  /** Sum of what is known. */
  readonly monthlyUsd: Readonly<Record<CostCase, number>>;
  /** Lines that are used and have no known price, or nothing that bounds them. */
  readonly incomplete: Readonly<Record<CostCase, boolean>>;
}

/** The cost by part, dearest at the load first. */
export function costParts({ resources, cost }: Plan): CostPart[] {
  const { tops, topOf } = partsOf(resources);
  return tops
    .map((part) => {
      const lines = cost.lines.filter(({ resource }) => topOf(resource) === part.urn);
      return {
        part,
        lines,
        monthlyUsd: perCase((which) => lines.reduce((sum, line) => sum + (line.monthlyUsd[which] ?? 0), 0)),
        incomplete: perCase((which) => lines.some((line) => line.monthlyUsd[which] === null)),
      };
    })
    .filter(({ lines }) => lines.length > 0)
    .sort((a, b) => b.monthlyUsd.load - a.monthlyUsd.load || b.monthlyUsd.worst - a.monthlyUsd.worst);
}

/** Lines a reader must be told of: a price nobody knows. */
export function unknownLines({ cost }: Plan): CostLine[] {
  return cost.lines.filter(({ unitPriceUsd, quantity }) => unitPriceUsd === null && quantity.worst !== 0);
}

function perCase<T>(value: (which: CostCase) => T): Record<CostCase, T> {
  return Object.fromEntries(COST_CASES.map((which) => [which, value(which)])) as Record<CostCase, T>;
}
