import { ec2Instance, HOURS_PER_MONTH, type Price } from '@plinth/sizing';
import type { PlannedResource } from '../../plan.ts';
import type { CostContext, Estimator } from '../estimator.ts';
import { at, listAt, numberAt, refersTo, textAt } from '../read.ts';
import { ec2Price, instanceHours, scalingOf, SPOT_NOTE, type Fleet } from './fleet.ts';

export const instance: Estimator = {
  types: ['aws:ec2/instance:Instance'],
  charges: ({ props }) => {
    const type = textAt(props, 'instanceType');
    return [instanceHours(`Instance ${type ?? ''}`.trim(), ec2Price(type), { least: 1, start: 1, most: 1 })];
  },
};

export const autoscalingGroup: Estimator = {
  types: ['aws:autoscaling/group:Group'],
  charges: (group, context) => {
    const { props } = group;
    const template = context.resources.find(
      (each) =>
        each.type === 'aws:ec2/launchTemplate:LaunchTemplate' &&
        (refersTo(props['launchTemplate'], each) || refersTo(props['mixedInstancesPolicy'], each)),
    );
    const mixed = props['mixedInstancesPolicy'];
    const override = textAt(listAt(mixed, 'launchTemplate.overrides')[0], 'instanceType');
    const type = override ?? (template && textAt(template.props, 'instanceType'));
    const tasks = tasksOn(group, context);
    const least = Math.max(numberAt(props, 'minSize') ?? 0, tasks.least);
    const fleet = {
      least,
      start: Math.max(least, tasks.start, numberAt(props, 'desiredCapacity') ?? 1),
      most: numberAt(props, 'maxSize') ?? Infinity,
    };
    const onSpot = (numberAt(mixed, 'instancesDistribution.onDemandPercentageAboveBaseCapacity') ?? 100) < 100;
    return [instanceHours(`Instances ${type ?? ''}`.trim(), ec2Price(type), fleet, onSpot ? SPOT_NOTE : undefined)];
  },
};

/** Containers that ECS starts machines of the group for. One of a model server fills a machine. */
function tasksOn(group: PlannedResource, context: CostContext): Pick<Fleet, 'least' | 'start'> {
  const providers = context.resources.filter(
    ({ type, props }) =>
      type === 'aws:ecs/capacityProvider:CapacityProvider' && refersTo(props['autoScalingGroupProvider'], group),
  );
  const fleets = context.resources
    .filter(
      ({ type, props }) =>
        type === 'aws:ecs/service:Service' &&
        providers.some((provider) => refersTo(props['capacityProviderStrategies'], provider)),
    )
    .map((service) => scalingOf(context, 'ecs', service, numberAt(service.props, 'desiredCount') ?? 1));
  const sum = (field: 'least' | 'start') => fleets.reduce((total, fleet) => total + fleet[field], 0);
  return { least: sum('least'), start: sum('start') };
}

export const nodeGroup: Estimator = {
  types: ['aws:eks/nodeGroup:NodeGroup'],
  charges: ({ props }) => {
    // The service's default, where none is named.
    const type = textAt({ first: listAt(props, 'instanceTypes')[0] ?? 't3.medium' }, 'first');
    const least = numberAt(props, 'scalingConfig.minSize') ?? 0;
    const fleet = {
      least,
      start: Math.max(least, numberAt(props, 'scalingConfig.desiredSize') ?? least),
      most: numberAt(props, 'scalingConfig.maxSize') ?? Infinity,
    };
    const note = textAt(props, 'capacityType') === 'SPOT' ? SPOT_NOTE : undefined;
    return [instanceHours(`Nodes ${type ?? ''}`.trim(), ec2Price(type), fleet, note)];
  },
};

/** AWS Batch starts machines by the vCPU, up to a cap. */
export const batch: Estimator = {
  types: ['aws:batch/computeEnvironment:ComputeEnvironment'],
  charges: ({ props }) => {
    const compute = props['computeResources'];
    const type = textAt({ first: listAt(compute, 'instanceTypes')[0] ?? null }, 'first');
    const facts = type === undefined ? undefined : ec2Instance(type);
    const cpus = facts?.vcpu ?? 1;
    const most = (numberAt(compute, 'maxVcpus') ?? Infinity) / cpus;
    const least = (numberAt(compute, 'minVcpus') ?? 0) / cpus;
    const price: Price = ec2Price(type);
    return [
      {
        what: `Batch machines ${type ?? ''}`.trim(),
        price,
        quantity: (use) =>
          use.case === 'worst'
            ? most * HOURS_PER_MONTH
            : Math.min(most * HOURS_PER_MONTH, Math.max(least * HOURS_PER_MONTH, use.batchInstanceHours)),
        note: at(compute, 'type') === 'SPOT' ? SPOT_NOTE : undefined,
      },
    ];
  },
};
