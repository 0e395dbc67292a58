import { describe, expect, it } from 'vitest';
import { ACCELERATORS, hasAccelerator, hasLocalDisks } from '../../accelerators.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { acceleratorAllowList } from './accelerator-allow-list.ts';

const endpoint = (instanceType: unknown) => [
  sample('aws:sagemaker/endpointConfiguration:EndpointConfiguration', {
    productionVariants: [{ instanceType }],
  } as object),
];
const batch = (...instanceTypes: unknown[]) => [
  sample('aws:batch/computeEnvironment:ComputeEnvironment', { computeResources: { instanceTypes } } as object),
];
const template = (props: object) => [sample('aws:ec2/launchTemplate:LaunchTemplate', props)];
const nodes = (...instanceTypes: unknown[]) => [sample('aws:eks/nodeGroup:NodeGroup', { instanceTypes } as object)];
const mixed = (override: object) => [
  sample('aws:autoscaling/group:Group', {
    mixedInstancesPolicy: { launchTemplate: { overrides: [override] } },
  } as object),
];
const pool = (requirements?: unknown) => [
  sample('kubernetes:karpenter.sh/v1:NodePool', { spec: { template: { spec: { requirements } } } } as object),
];
const oneOf = (key: string, ...values: unknown[]) => ({ key, operator: 'In', values });
const TYPE = 'node.kubernetes.io/instance-type';
const FAMILY = 'karpenter.k8s.aws/instance-family';
const SIZE = 'karpenter.k8s.aws/instance-size';
const CATEGORY = 'karpenter.k8s.aws/instance-category';

describeRule(acceleratorAllowList, {
  passes: {
    'an endpoint on a small GPU': endpoint('ml.g6.xlarge'),
    'a CPU of any size': [...endpoint('ml.c7i.48xlarge'), ...nodes('r7i.24xlarge')],
    'Batch on families without accelerators': batch('optimal', 'c7i'),
    'attributes that leave accelerators out': template({ instanceRequirements: { acceleratorCount: { max: 0 } } }),
    'attributes with types named': template({ instanceRequirements: { allowedInstanceTypes: ['g6.xlarge'] } }),
    'a pool of named types': pool([oneOf(TYPE, 'g6.xlarge', 'g6.2xlarge')]),
    'a pool of family and sizes': pool([oneOf(FAMILY, 'g6'), oneOf(SIZE, 'xlarge', '2xlarge')]),
    'a pool of CPU categories': pool([oneOf(CATEGORY, 'c', 'm', 'r')]),
    'a launch template that leaves the type open': template({}),
  },
  fails: {
    'a machine of eight in dev': {
      given: endpoint('ml.p5.48xlarge'),
      says: /ml\.p5\.48xlarge is not allowed in dev/,
      environment: 'dev',
    },
    'a size nobody listed': { given: template({ instanceType: 'p6-b200.48xlarge' }), says: /p6-b200/ },
    'a whole family in Batch': { given: batch('c7i', 'p5'), says: /Every size of p5/ },
    'a node group': { given: nodes('trn2.48xlarge'), says: /trn2/ },
    'an override of a group': { given: mixed({ instanceType: 'p5en.48xlarge' }), says: /p5en/ },
    'attributes that let accelerators in': { given: mixed({ instanceRequirements: {} }), says: /any accelerator/ },
    'attributes by pattern': {
      given: template({ instanceRequirements: { allowedInstanceTypes: ['g6*'] } }),
      says: /Everything like g6\*/,
    },
    'a pool of a whole family': { given: pool([oneOf(FAMILY, 'g6')]), says: /Every size of g6/ },
    'a pool of GPU categories': { given: pool([oneOf(CATEGORY, 'g', 'p')]), says: /category g/ },
    'a size too large for staging': {
      given: pool([oneOf(FAMILY, 'g6'), oneOf(SIZE, '48xlarge')]),
      says: /g6\.48xlarge is not allowed in staging/,
      environment: 'staging',
    },
  },
  missing: { fails: { 'a pool without requirements': { given: pool(), says: /any instance type/ } } },
  unknown: {
    'the type': endpoint(UNKNOWN),
    'the variants': [
      sample('aws:sagemaker/endpointConfiguration:EndpointConfiguration', { productionVariants: UNKNOWN } as object),
    ],
    'one type of Batch': batch('c7i', UNKNOWN),
    'the requirements': pool(UNKNOWN),
    'a family': pool([oneOf(FAMILY, UNKNOWN)]),
    'the attributes': template({ instanceRequirements: UNKNOWN }),
  },
});

describe('what is known of instance types', () => {
  it.each([
    'p5.48xlarge',
    'ml.g6e.xlarge',
    'gr6f.4xlarge',
    'inf2',
    'trn1n.32xlarge',
    'dl2q.24xlarge',
    'p6-b300.48xlarge',
  ])('%s has an accelerator', (type) => expect(hasAccelerator(type)).toBe(true));
  it.each([
    'c7gn.large',
    'm7i.xlarge',
    'hpc7g.4xlarge',
    'i4i.large',
    'optimal',
    't4g.small',
    'ml.c7i.large',
    'x2gd.large',
  ])('%s has none', (type) => expect(hasAccelerator(type)).toBe(false));
  it('knows which encrypt disks of their own', () => {
    const local = [
      'ml.g5.xlarge',
      'ml.g4dn.xlarge',
      'ml.p4d.24xlarge',
      'ml.trn1.2xlarge',
      'ml.m5d.large',
      'ml.r6gd.large',
    ];
    expect(local.filter((type) => !hasLocalDisks(type))).toEqual([]);
    expect(['ml.inf2.xlarge', 'ml.m5.large', 'ml.c7i.large', 'ml.g5g.xlarge'].filter(hasLocalDisks)).toEqual([]);
  });
  it('allows only types that have an accelerator, and more of them towards production', () => {
    for (const type of Object.values(ACCELERATORS).flat()) expect(hasAccelerator(type), type).toBe(true);
    expect(ACCELERATORS.production).toEqual(expect.arrayContaining([...ACCELERATORS.staging]));
    expect(ACCELERATORS.staging).toEqual(expect.arrayContaining([...ACCELERATORS.dev]));
  });
});
