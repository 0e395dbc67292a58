import { ec2Instance, HOURS_PER_MONTH, unknownPrice, type Price } from '@plinth/sizing';
import type { PlannedResource } from '../../plan.ts';
import type { Charge, CostContext } from '../estimator.ts';
import { numberAt, refersTo, textAt } from '../read.ts';
import type { Usage } from '../usage.ts';

/** A number of equal machines or tasks that may be scaled. */
export interface Fleet {
  readonly least: number;
  readonly start: number;
  readonly most: number;
}

/** Machines running in a month of that usage. */
export function running({ least, start, most }: Fleet, use: Usage): number {
  if (use.case === 'idle') return least;
  if (use.case === 'worst') return most;
  return Math.min(most, Math.max(least, use.averageInstances ?? start));
}

export function instanceHours(what: string, price: Price, fleet: Fleet, note?: string): Charge {
  return { what, price, quantity: (use) => running(fleet, use) * HOURS_PER_MONTH, note };
}

export function ec2Price(type: string | undefined): Price {
  return (
    (type === undefined ? undefined : ec2Instance(type)?.price) ??
    unknownPrice('ec2/on-demand', 'instance-hour', `${type ?? 'the type is not yet known, so'} no price`)
  );
}

export const SPOT_NOTE = 'Spot: priced on demand, a ceiling; the price of Spot changes by the hour';

/**
 * What application autoscaling may do with one resource, told by a target whose id names it.
 *
 * @param named The resource the target's id is made of.
 */
export function scalingOf(
  { resources }: CostContext,
  namespace: string,
  named: PlannedResource | undefined,
  start: number,
): Fleet {
  const target = resources.find(
    ({ type, props }) =>
      type === 'aws:appautoscaling/target:Target' &&
      textAt(props, 'serviceNamespace') === namespace &&
      named !== undefined &&
      (refersTo(props['resourceId'], named) ||
        (textAt(props, 'resourceId') ?? '').includes(textAt(named.props, 'name') ?? '\0')),
  );
  if (target === undefined) return { least: start, start, most: start };
  const least = numberAt(target.props, 'minCapacity') ?? start;
  return { least, start: Math.max(start, least), most: numberAt(target.props, 'maxCapacity') ?? Infinity };
}
