import * as eks from '@pulumi/eks';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../../governance/stack-error.ts';
import type { Placement } from '../../iam/placement.ts';
import type { Statement } from '../../iam/statement.ts';
import type { PrivateSubnets } from '../internal-load-balancer.ts';
import { clusterAddons } from './cluster-addons.ts';
import { KEDA_CHART } from './charts.ts';
import { Karpenter } from './karpenter.ts';
import type { GpuPool } from './node-pools.ts';
import { PodRole } from './pod-role.ts';
import { systemNodes } from './system-nodes.ts';

export interface InferenceClusterArgs {
  placement: Placement;
  /** @default '<project>-<stack>-<name>' */
  clusterName?: string;
  /** Kubernetes minor version. @default '1.35' */
  version?: string;
  /** Private subnets: there is no other way in. Whoever deploys must reach them. */
  network: PrivateSubnets;
  /** Customer-managed key that Kubernetes' secrets and the nodes' volumes are encrypted under. */
  keyArn: pulumi.Input<string>;
  /** The platform's tags: the cluster is built by a plugin, and nodes by Karpenter, which the tags of the stack do not reach by themselves. */
  tags: Readonly<Record<string, string>>;
  /** GPU nodes, by a short name each. */
  pools: Readonly<Record<string, GpuPool>>;
  /** Roles that administer the cluster, by a short name each. @default only the role that made it */
  admins?: Readonly<Record<string, pulumi.Input<string>>>;
  /** @default two small nodes for DNS, Karpenter and their like */
  system?: { readonly instanceTypes: readonly string[]; readonly nodes: number };
  /** Install KEDA, which scales models by their own metrics. @default true */
  keda?: boolean;
  /** Refuse to delete the cluster. Turn off in dev. @default true */
  deletionProtection?: boolean;
}

/** The five logs of the control plane. */
const CONTROL_PLANE_LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

/**
 * An EKS cluster for models: reached from inside its network only, secrets encrypted under our key, access by IAM entries, small steady nodes
 * for the system, and GPU nodes that Karpenter makes when pods wait. Network policies are enforced by the VPC plugin.
 */
export class InferenceCluster extends pulumi.ComponentResource {
  readonly clusterName: string;
  readonly clusterArn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** For {@link KubernetesInference} and other things inside the cluster. */
  readonly provider: kubernetes.Provider;
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: InferenceClusterArgs, opts: pulumi.ComponentResourceOptions = {}) {
    if (Object.keys(args.pools).length === 0)
      throw new StackError(`Give the cluster "${name}" one pool of GPU nodes at least.`);
    super('plinth:containers:InferenceCluster', name, {}, opts);
    const parent = { parent: this };
    const { placement, network, keyArn } = args;
    const version = args.version ?? '1.35';
    this.clusterName = args.clusterName ?? `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
    this.clusterArn = pulumi.interpolate`arn:${placement.partition}:eks:${placement.region}:${placement.account}:cluster/${this.clusterName}`;

    const cluster = new eks.Cluster(
      name,
      {
        name: this.clusterName,
        version,
        vpcId: network.vpcId,
        privateSubnetIds: network.subnetIds,
        endpointPrivateAccess: true,
        endpointPublicAccess: false,
        encryptionConfigKeyArn: keyArn,
        enabledClusterLogTypes: CONTROL_PLANE_LOGS,
        authenticationMode: eks.AuthenticationMode.Api,
        accessEntries: administrators(placement, args.admins ?? {}),
        deletionProtection: args.deletionProtection ?? true,
        upgradePolicy: { supportType: 'STANDARD' },
        // Nodes, plugins and their security group are below, where the stack's tags and policies see them.
        skipDefaultNodeGroup: true,
        createInstanceRole: false,
        skipDefaultSecurityGroups: true,
        useDefaultVpcCni: true,
        corednsAddonOptions: { enabled: false },
        kubeProxyAddonOptions: { enabled: false },
        tags: args.tags,
      },
      parent,
    );
    this.kubeconfig = cluster.kubeconfigJson;
    this.securityGroupId = cluster.clusterSecurityGroupId;
    this.provider = new kubernetes.Provider(name, { kubeconfig: cluster.kubeconfigJson }, parent);

    const below = { parent: this, dependsOn: cluster };
    const addons = clusterAddons(name, { placement, clusterName: this.clusterName, keyArn }, below);
    const nodes = systemNodes(
      name,
      {
        placement,
        clusterName: this.clusterName,
        subnetIds: network.subnetIds,
        keyArn,
        instanceTypes: args.system?.instanceTypes ?? ['t3.medium', 't3a.medium'],
        nodes: args.system?.nodes ?? 2,
        tags: args.tags,
      },
      { parent: this, dependsOn: addons.beforeNodes },
    );
    const settled = { parent: this, dependsOn: [nodes, ...addons.afterNodes(nodes)] };
    new Karpenter(
      name,
      {
        placement,
        clusterName: this.clusterName,
        clusterArn: this.clusterArn,
        provider: this.provider,
        network,
        securityGroupId: this.securityGroupId,
        keyArn,
        pools: args.pools,
        tags: args.tags,
      },
      settled,
    );
    if (args.keda ?? true)
      new kubernetes.helm.v3.Release(
        `${name}-keda`,
        { ...KEDA_CHART, name: 'keda', namespace: 'keda', createNamespace: true, atomic: true, cleanupOnFail: true },
        { ...settled, provider: this.provider },
      );
    this.registerOutputs({ clusterName: this.clusterName, securityGroupId: this.securityGroupId });
  }

  /** Gives pods of a service account a role that may do what the statements say, and nothing else. */
  grantToPods(
    name: string,
    pods: { readonly namespace: pulumi.Input<string>; readonly serviceAccount: pulumi.Input<string> },
    statements: readonly Statement[],
  ): PodRole {
    return new PodRole(
      name,
      { ...pods, clusterName: this.clusterName, description: `Pods of ${name} in ${this.clusterName}.`, statements },
      { parent: this },
    );
  }
}

function administrators({ partition }: Placement, admins: Readonly<Record<string, pulumi.Input<string>>>) {
  const policyArn = `arn:${partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`;
  return Object.fromEntries(
    Object.entries(admins).map(([who, principalArn]) => [
      who,
      { principalArn, accessPolicies: { admin: { policyArn, accessScope: { type: 'cluster' } } } },
    ]),
  );
}
