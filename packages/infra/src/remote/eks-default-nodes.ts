import { FromChild, type EstimatedResource, type EstimatedValue } from './remote-component.ts';

const ROLE = 'aws:iam/role:Role';
const PROFILE = 'aws:iam/instanceProfile:InstanceProfile';
const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
const GROUP = 'aws:autoscaling/group:Group';

const POLICIES = ['AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy', 'AmazonEC2ContainerRegistryReadOnly'];

/** The nodes `eks.Cluster` makes unless told not to: two `t3.medium`, from one to two (its documentation). */
export function eksDefaultNodes(name: string, tags: Readonly<Record<string, EstimatedValue>>): EstimatedResource[] {
  const role = `${name}-instanceRole-role`;
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: ['ec2.amazonaws.com'] } }],
  };
  return [
    { type: ROLE, name: role, inputs: { assumeRolePolicy: JSON.stringify(trust), tags } },
    ...POLICIES.map((policy) => ({
      type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
      name: `${name}-instanceRole-${policy}`,
      inputs: { policyArn: `arn:aws:iam::aws:policy/${policy}`, role: new FromChild(ROLE, role, 'name') },
    })),
    { type: PROFILE, name: `${name}-instanceProfile`, inputs: { role: new FromChild(ROLE, role, 'name') } },
    {
      type: TEMPLATE,
      name: `${name}-launchTemplate`,
      inputs: {
        instanceType: 't3.medium',
        iamInstanceProfile: { arn: new FromChild(PROFILE, `${name}-instanceProfile`, 'arn') },
        tags,
      },
    },
    {
      type: GROUP,
      name,
      inputs: {
        minSize: 1,
        maxSize: 2,
        desiredCapacity: 2,
        launchTemplate: { id: new FromChild(TEMPLATE, `${name}-launchTemplate`, 'id') },
      },
    },
  ];
}
