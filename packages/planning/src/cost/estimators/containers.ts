import { HOURS_PER_MONTH, prices, unknownPrice } from '@plinth/sizing';
import { always, type Estimator } from '../estimator.ts';
import { listAt, numberAt, refersTo, textAt } from '../read.ts';
import { running, scalingOf } from './fleet.ts';

const TASK = 'aws:ecs/taskDefinition:TaskDefinition';

/** Tasks on Fargate; those on EC2 cost what their instances do. */
export const ecsService: Estimator = {
  types: ['aws:ecs/service:Service'],
  charges: (service, context) => {
    const providers = listAt(service.props, 'capacityProviderStrategies').map((each) =>
      textAt(each, 'capacityProvider'),
    );
    const onFargate =
      textAt(service.props, 'launchType') === 'FARGATE' || providers.some((name) => /^FARGATE/.test(name ?? ''));
    if (!onFargate) return [];
    const task = context.resources.find(
      (each) => each.type === TASK && refersTo(service.props['taskDefinition'], each),
    );
    const fleet = scalingOf(context, 'ecs', service, numberAt(service.props, 'desiredCount') ?? 1);
    const arch = task && textAt(task.props, 'runtimePlatform.cpuArchitecture') === 'ARM64' ? 'ARM64' : 'X86_64';
    const cpu = task === undefined ? undefined : numberAt(task.props, 'cpu');
    const memory = task === undefined ? undefined : numberAt(task.props, 'memory');
    if (cpu === undefined || memory === undefined) {
      const price = unknownPrice('fargate', 'task-hour', 'the size of the task is not yet known');
      return [{ what: 'Tasks', price, quantity: (use) => running(fleet, use) * HOURS_PER_MONTH }];
    }
    const hours = (amount: number) => ({
      quantity: (use: Parameters<typeof running>[1]) => (running(fleet, use) * HOURS_PER_MONTH * amount) / 1024,
    });
    return [
      { what: `Tasks of ${cpu / 1024} vCPU, ${arch}`, price: prices.fargateCpu[arch], ...hours(cpu) },
      { what: `Tasks of ${memory / 1024} GB`, price: prices.fargateMemory[arch], ...hours(memory) },
    ];
  },
};

export const eksCluster: Estimator = {
  types: ['aws:eks/cluster:Cluster'],
  charges: () => [{ what: 'Control plane', price: prices.eksCluster, quantity: always(HOURS_PER_MONTH) }],
};

/** Karpenter starts machines as pods ask for them: their kind and number are known only then. */
export const nodePool: Estimator = {
  types: ['kubernetes:karpenter.sh/v1:NodePool'],
  charges: ({ props, name }) => {
    const spec = props['spec'];
    const limit = textAt(spec, 'limits.cpu') ?? String(numberAt(spec, 'limits.cpu') ?? 'none');
    return [
      {
        what: `Machines of node pool ${name}`,
        price: unknownPrice('ec2/on-demand', 'vCPU-hour', 'Karpenter chooses the type as pods ask'),
        quantity: (use) =>
          (use.case === 'idle' ? 0 : use.case === 'load' ? (use.averageInstances ?? 1) : Number(limit)) *
          HOURS_PER_MONTH,
        note: `limit: ${limit} vCPU`,
      },
    ];
  },
};
