import * as aws from '@pulumi/aws';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../../iam/placement.ts';
import { serviceTrust } from '../../iam/statement.ts';
import type { PrivateSubnets } from '../internal-load-balancer.ts';
import { KARPENTER_CHART } from './charts.ts';
import { InterruptionQueue } from './interruption-queue.ts';
import { karpenterStatements } from './karpenter-statements.ts';
import { applyManifests } from './model-server.ts';
import { nodePoolManifests, type GpuPool } from './node-pools.ts';
import { PodRole } from './pod-role.ts';

export interface KarpenterArgs {
  placement: Placement;
  clusterName: string;
  clusterArn: pulumi.Input<string>;
  provider: kubernetes.Provider;
  network: PrivateSubnets;
  securityGroupId: pulumi.Input<string>;
  keyArn: pulumi.Input<string>;
  pools: Readonly<Record<string, GpuPool>>;
  /** Put on every node and volume: Karpenter makes them, and no tags of the stack reach them by themselves. */
  tags: Readonly<Record<string, string>>;
}

const NAMESPACE = 'kube-system';
const ACCOUNT = 'karpenter';

/** Karpenter, and the pools of GPU nodes it may make. */
export class Karpenter extends pulumi.ComponentResource {
  constructor(name: string, args: KarpenterArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:containers:Karpenter', name, {}, opts);
    const parent = { parent: this };
    const nodes = nodeRole(name, args, parent);
    const queue = new InterruptionQueue(name, parent);
    const role = new PodRole(
      name,
      {
        clusterName: args.clusterName,
        namespace: NAMESPACE,
        serviceAccount: ACCOUNT,
        description: `Karpenter of ${args.clusterName}.`,
        statements: karpenterStatements({
          placement: args.placement,
          clusterName: args.clusterName,
          clusterArn: args.clusterArn,
          subnetIds: args.network.subnetIds,
          securityGroupId: args.securityGroupId,
          nodeRoleArn: nodes.role.arn,
          instanceProfileArn: nodes.profile.arn,
          queueArn: queue.arn,
          keyArn: args.keyArn,
        }),
      },
      parent,
    );
    const release = new kubernetes.helm.v3.Release(
      name,
      {
        ...KARPENTER_CHART,
        name: 'karpenter',
        namespace: NAMESPACE,
        atomic: true,
        cleanupOnFail: true,
        timeout: 600,
        values: {
          serviceAccount: { name: ACCOUNT },
          settings: { clusterName: args.clusterName, interruptionQueue: queue.queueName },
          replicas: 2,
          controller: {
            resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
          },
        },
      },
      { parent: this, provider: args.provider, dependsOn: [role, nodes.access] },
    );
    for (const [pool, settings] of Object.entries(args.pools))
      applyManifests(
        `${name}-${pool}`,
        nodePoolManifests(pool, settings, {
          instanceProfile: nodes.profile.name,
          subnetIds: args.network.subnetIds,
          securityGroupId: args.securityGroupId,
          keyArn: args.keyArn,
          tags: args.tags,
        }),
        { parent: this, provider: args.provider, dependsOn: release },
      );
    this.registerOutputs({});
  }
}

/** What nodes may do: join the cluster, and pull images. Pods have roles of their own. */
function nodeRole(name: string, { placement, clusterName }: KarpenterArgs, parent: { parent: pulumi.Resource }) {
  const role = new aws.iam.Role(
    `${name}-node`,
    { description: `GPU nodes of ${clusterName}.`, assumeRolePolicy: serviceTrust('ec2.amazonaws.com') },
    parent,
  );
  const policies = NODE_POLICIES.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(
        `${name}-node-${policy}`,
        { role: role.name, policyArn: `arn:${placement.partition}:iam::aws:policy/${policy}` },
        parent,
      ),
  );
  const profile = new aws.iam.InstanceProfile(`${name}-node`, { role: role.name }, { ...parent, dependsOn: policies });
  const access = new aws.eks.AccessEntry(
    `${name}-node`,
    { clusterName, principalArn: role.arn, type: 'EC2_LINUX' },
    parent,
  );
  return { role, profile, access };
}

/** AWS's smallest policies for nodes: the network plugin has a role of its own. */
export const NODE_POLICIES = ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'] as const;
