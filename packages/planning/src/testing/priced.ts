import { estimateCost } from '../cost/estimate-cost.ts';
import type { Cost, CostLine } from '../cost/cost.ts';
import type { PlannedResource } from '../plan.ts';

/** A resource as a plan has it. */
export function planned(type: string, name: string, props: PlannedResource['props'] = {}): PlannedResource {
  return {
    urn: `urn:pulumi:dev::test::${type}::${name}`,
    type,
    name,
    kind: 'resource',
    parent: null,
    props,
    dependsOn: [],
  };
}

/** An output of another resource, not yet known. */
export function output(placeholder: string): { $unknown: string } {
  return { $unknown: `«${placeholder}»` };
}

/** The bill of these resources in us-east-1, with settings of the stack as they would be written. */
export function bill(resources: readonly PlannedResource[], settings: Readonly<Record<string, unknown>> = {}): Cost {
  const config = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`test:${key}`, JSON.stringify(value)]),
  );
  return estimateCost({ project: 'test', stack: 'dev', region: 'us-east-1', resources: [...resources] }, config);
}

/** What a line costs idle, at the load and at worst, by what it is. */
export function monthly(cost: Cost): Record<string, readonly (number | null)[]> {
  const cases = ({ monthlyUsd: { idle, load, worst } }: CostLine) => [idle, load, worst];
  return Object.fromEntries(cost.lines.map((line) => [line.what, cases(line)]));
}
