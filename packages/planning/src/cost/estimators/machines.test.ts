import { describe, expect, it } from 'vitest';
import { bill, monthly, output, planned } from '../../testing/priced.ts';

const load = { requestsPerMonth: 1e6, promptTokens: 1000, completionTokens: 500, secondsPerRequest: 2 };
const target = (namespace: string, resourceId: unknown, minCapacity: number, maxCapacity: number) =>
  planned('aws:appautoscaling/target:Target', 'scaling', {
    serviceNamespace: namespace,
    resourceId: resourceId as string,
    minCapacity,
    maxCapacity,
  });

describe('a SageMaker endpoint', () => {
  const configuration = (variant: Record<string, string | number | object>) =>
    planned('aws:sagemaker/endpointConfiguration:EndpointConfiguration', 'model', {
      productionVariants: [variant as Record<string, string>],
    });
  const endpoint = planned('aws:sagemaker/endpoint:Endpoint', 'model', {
    endpointConfigName: output('endpointConfiguration:model.name'),
  });

  it('costs its instances by the hour, between the bounds of its scaling', () => {
    const resources = [
      configuration({ instanceType: 'ml.g5.2xlarge', initialInstanceCount: 2 }),
      endpoint,
      target('sagemaker', { $unknown: 'endpoint/«endpoint:model.name»/variant/main' }, 1, 4),
    ];
    // 730 hours at $1.515.
    expect(monthly(bill(resources, { load }))).toEqual({ 'Endpoint on ml.g5.2xlarge': [1105.95, 2211.9, 4423.8] });
    expect(monthly(bill(resources, { load: { ...load, averageInstances: 3 } }))).toEqual({
      'Endpoint on ml.g5.2xlarge': [1105.95, 3317.85, 4423.8],
    });
  });

  it('costs the same idle and busy where nothing scales it', () => {
    const resources = [configuration({ instanceType: 'ml.m5.large', initialInstanceCount: 1 }), endpoint];
    expect(monthly(bill(resources, { load }))).toEqual({ 'Endpoint on ml.m5.large': [83.95, 83.95, 83.95] });
  });

  it('says that a price is unknown, and what it is more than', () => {
    const { lines, unknownPrices } = bill([
      configuration({ instanceType: 'ml.inf2.xlarge', initialInstanceCount: 1 }),
      endpoint,
    ]);
    expect(unknownPrices).toBe(1);
    expect(lines[0]).toMatchObject({ unitPriceUsd: null, monthlyUsd: { idle: null } });
    expect(lines[0]?.note).toMatch(/ml\.inf2\.xlarge.*on EC2 costs \$0\.7582 an hour, so it is more/);
  });

  it('costs nothing idle when it is serverless', () => {
    const resources = [configuration({ serverlessConfig: { memorySizeInMb: 4096, maxConcurrency: 5 } })];
    // 1 million x 2 s x 4 GB = 8 million GB-s at $20; 5 x 2,628,000 s x 4 GB = 52.56 million.
    expect(monthly(bill(resources, { load }))).toEqual({ 'Serverless endpoint, 4 GB': [0, 160, 1051.2] });
  });
});

it('a tracking server has a price nobody could be found to vouch for', () => {
  const server = planned('aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer', 'experiments');
  expect(monthly(bill([server]))).toEqual({ 'Tracking server': [null, null, null] });
});

it('a Marketplace endpoint costs its instances, without the price of the model', () => {
  const market = planned('pulumi-nodejs:dynamic:Resource', 'market', {
    instanceType: 'ml.g5.xlarge',
    instanceCount: 2,
  });
  const { lines } = bill([market]);
  // 2 x 730 hours at $1.408.
  expect(lines[0]?.monthlyUsd).toEqual({ idle: 2055.68, load: 2055.68, worst: 2055.68 });
  expect(lines[0]?.note).toMatch(/without the model's own price/);
});

it('another dynamic resource costs what only its own code knows', () => {
  expect(monthly(bill([planned('pulumi-nodejs:dynamic:Resource', 'own')]))).toEqual({
    'Dynamic resource': [null, null, null],
  });
});

describe('an ECS service', () => {
  const task = planned('aws:ecs/taskDefinition:TaskDefinition', 'vllm', {
    cpu: '4096',
    memory: '16384',
    runtimePlatform: { cpuArchitecture: 'ARM64' },
  });
  const service = (launchType: string) =>
    planned('aws:ecs/service:Service', 'vllm', {
      launchType,
      desiredCount: 2,
      taskDefinition: output('taskDefinition:vllm.arn'),
    });

  it('costs vCPU and memory of its tasks on Fargate', () => {
    const scaling = target('ecs', { $unknown: 'service/«cluster:vllm.name»/«service:vllm.name»' }, 1, 3);
    expect(monthly(bill([task, service('FARGATE'), scaling], { load }))).toEqual({
      // 730 h x 4 vCPU x $0.03238 = $94.5496 a task; 730 h x 16 GB x $0.00356 = $41.5808.
      'Tasks of 4 vCPU, ARM64': [94.5496, 189.0992, 283.6488],
      'Tasks of 16 GB': [41.5808, 83.1616, 124.7424],
    });
  });

  it('costs nothing itself on EC2', () => {
    expect(monthly(bill([task, service('EC2')]))).toEqual({});
  });
});

it('a machine costs its hours', () => {
  const machine = planned('aws:ec2/instance:Instance', 'edge', { instanceType: 'g6.xlarge' });
  // 730 hours at $0.8048.
  expect(monthly(bill([machine]))).toEqual({ 'Instance g6.xlarge': [587.504, 587.504, 587.504] });
});

it('a group of machines costs between its bounds, and Spot is priced as its ceiling', () => {
  const template = planned('aws:ec2/launchTemplate:LaunchTemplate', 'gpu', { instanceType: 'g6.xlarge' });
  const group = planned('aws:autoscaling/group:Group', 'gpu', {
    minSize: 0,
    desiredCapacity: 1,
    maxSize: 2,
    mixedInstancesPolicy: {
      launchTemplate: { launchTemplateSpecification: { launchTemplateId: output('launchTemplate:gpu.id') } },
      instancesDistribution: { onDemandPercentageAboveBaseCapacity: 0 },
    },
  });
  const cost = bill([template, group], { load });
  expect(monthly(cost)).toEqual({ 'Instances g6.xlarge': [0, 587.504, 1175.008] });
  expect(cost.lines[0]?.note).toMatch(/Spot: priced on demand, a ceiling/);
});

it('a group that ECS fills costs the machines of the containers that always run', () => {
  const template = planned('aws:ec2/launchTemplate:LaunchTemplate', 'gpu', { instanceType: 'g6.xlarge' });
  const group = planned('aws:autoscaling/group:Group', 'gpu', {
    minSize: 0,
    maxSize: 4,
    mixedInstancesPolicy: {
      launchTemplate: { launchTemplateSpecification: { launchTemplateId: output('launchTemplate:gpu.id') } },
    },
  });
  const provider = planned('aws:ecs/capacityProvider:CapacityProvider', 'gpu', {
    autoScalingGroupProvider: { autoScalingGroupArn: output('group:gpu.arn') },
  });
  const service = planned('aws:ecs/service:Service', 'vllm', {
    desiredCount: 2,
    capacityProviderStrategies: [{ capacityProvider: output('capacityProvider:gpu.name') }],
  });
  // Two machines of 730 hours at $0.8048, four at worst.
  expect(monthly(bill([template, group, provider, service]))).toEqual({
    'Instances g6.xlarge': [1175.008, 1175.008, 2350.016],
  });
});

it('an EKS cluster costs its control plane and its nodes', () => {
  const nodes = planned('aws:eks/nodeGroup:NodeGroup', 'system', {
    instanceTypes: ['m7g.large'],
    scalingConfig: { minSize: 2, desiredSize: 2, maxSize: 3 },
  });
  expect(monthly(bill([planned('aws:eks/cluster:Cluster', 'models'), nodes]))).toEqual({
    'Control plane': [73, 73, 73],
    // 730 h x $0.0816 = $59.568 a node.
    'Nodes m7g.large': [119.136, 119.136, 178.704],
  });
});

it('a node pool says that nobody knows its price before its machines start', () => {
  const pool = planned('kubernetes:karpenter.sh/v1:NodePool', 'gpu', { spec: { limits: { cpu: 64 } } });
  const { lines } = bill([pool], { load });
  expect(lines[0]).toMatchObject({ unitPriceUsd: null, quantity: { idle: 0, worst: 64 * 730 } });
  expect(lines[0]?.note).toMatch(/limit: 64 vCPU/);
});

it('a Batch environment costs its machines up to its cap', () => {
  const batch = planned('aws:batch/computeEnvironment:ComputeEnvironment', 'spot', {
    computeResources: { type: 'SPOT', instanceTypes: ['g6.xlarge'], minVcpus: 0, maxVcpus: 16 },
  });
  // 100 hours at $0.8048; 16 vCPU are 4 machines of 730 hours.
  expect(monthly(bill([batch], { load: { ...load, batchInstanceHours: 100 } }))).toEqual({
    'Batch machines g6.xlarge': [0, 80.48, 2350.016],
  });
});

describe('a serverless database', () => {
  const cluster = (min: number) =>
    planned('aws:rds/cluster:Cluster', 'index', {
      serverlessv2ScalingConfiguration: { minCapacity: min, maxCapacity: 8 },
    });
  const instance = planned('aws:rds/clusterInstance:ClusterInstance', 'index', {
    instanceClass: 'db.serverless',
    clusterIdentifier: output('cluster:index.id'),
  });

  it('costs its least capacity idle and its most at worst, and what it stores', () => {
    const busy = { ...load, databaseAcus: 2, storedGb: 50 };
    expect(monthly(bill([cluster(0.5), instance], { load: busy }))).toEqual({
      Storage: [0, 5, null],
      // 730 h x $0.12 = $87.60 for each unit.
      'Database capacity': [43.8, 175.2, 700.8],
    });
  });

  it('may pause, and takes the dearer guess where the load does not say', () => {
    expect(monthly(bill([cluster(0), instance], { load }))['Database capacity']).toEqual([0, 700.8, 700.8]);
  });

  it('has an unknown price on an instance of its own', () => {
    const own = planned('aws:rds/clusterInstance:ClusterInstance', 'own', { instanceClass: 'db.r8g.large' });
    expect(monthly(bill([own]))).toEqual({ 'Database db.r8g.large': [null, null, null] });
  });
});
