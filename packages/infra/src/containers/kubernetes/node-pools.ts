import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../../governance/stack-error.ts';
import { bottlerocketSettings, type GpuSharing } from './gpu-sharing.ts';
import type { Manifest } from './manifest.ts';

/** Nodes with GPUs, made when pods wait for one and removed when none needs it. */
export interface GpuPool {
  /** For example `['g6.xlarge', 'g6.2xlarge']`. */
  readonly instanceTypes: readonly [string, ...string[]];
  /** `both` tries Spot first, and falls back on demand. @default 'on-demand' */
  readonly market?: 'on-demand' | 'spot' | 'both';
  /** GPUs of all nodes together: the pool's upper bound in cost. */
  readonly maxGpus: number;
  /** @default whole GPUs */
  readonly sharing?: GpuSharing;
  /** GiB of the encrypted volume that images and weights are kept on. @default 200 */
  readonly volumeGb?: number;
  /** Seconds a node may stand empty. @default 300 */
  readonly emptySeconds?: number;
}

export interface NodePoolSettings {
  /** Role of the nodes, through its instance profile. */
  readonly instanceProfile: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  /** Customer-managed key volumes are encrypted under. */
  readonly keyArn: pulumi.Input<string>;
  /** Put on every instance and volume. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Nodes live this long at most, so that each soon runs a patched image. */
const LIFETIME = '336h';

/**
 * What Karpenter needs to know of a pool: an EC2NodeClass (how a node is made) and a NodePool (which, and how many).
 * https://karpenter.sh/v1.14/concepts/nodepools
 *
 * @throws {StackError} for a bound that admits no node, or sharing that no GPU offers.
 */
export function nodePoolManifests(name: string, pool: GpuPool, settings: NodePoolSettings): Manifest[] {
  if (pool.maxGpus < 1) throw new StackError(`Set maxGpus of the pool "${name}" to one or more.`);
  const markets = { 'on-demand': ['on-demand'], spot: ['spot'], both: ['spot', 'on-demand'] } as const;
  return [
    {
      apiVersion: 'karpenter.k8s.aws/v1',
      kind: 'EC2NodeClass',
      metadata: { name },
      spec: {
        amiFamily: 'Bottlerocket',
        amiSelectorTerms: [{ alias: 'bottlerocket@latest' }],
        instanceProfile: settings.instanceProfile,
        subnetSelectorTerms: pulumi
          .output(settings.subnetIds)
          .apply((ids): Readonly<Record<string, string>>[] => ids.map((id) => ({ id }))),
        securityGroupSelectorTerms: [{ id: settings.securityGroupId }],
        associatePublicIPAddress: false,
        // One hop: pods get credentials from EKS Pod Identity, never the node's.
        metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [
          volume('/dev/xvda', 4, settings.keyArn),
          volume('/dev/xvdb', pool.volumeGb ?? 200, settings.keyArn),
        ],
        detailedMonitoring: true,
        userData: bottlerocketSettings(pool.sharing ?? { kind: 'whole' }),
        tags: settings.tags,
      },
    },
    {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodePool',
      metadata: { name },
      spec: {
        template: {
          metadata: { labels: { 'plinth.dev/pool': name } },
          spec: {
            nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name },
            taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
            expireAfter: LIFETIME,
            terminationGracePeriod: '10m',
            requirements: [
              { key: 'node.kubernetes.io/instance-type', operator: 'In', values: [...pool.instanceTypes] },
              { key: 'karpenter.sh/capacity-type', operator: 'In', values: [...markets[pool.market ?? 'on-demand']] },
              { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
            ],
          },
        },
        limits: { 'nvidia.com/gpu': pool.maxGpus },
        disruption: {
          // Never moved to save money while it serves: weights take minutes to load.
          consolidationPolicy: 'WhenEmpty',
          consolidateAfter: `${pool.emptySeconds ?? 300}s`,
          budgets: [{ nodes: '1' }],
        },
      },
    },
  ];
}

function volume(deviceName: string, sizeGb: number, kmsKeyID: pulumi.Input<string>) {
  return {
    deviceName,
    ebs: { volumeType: 'gp3', volumeSize: `${sizeGb}Gi`, encrypted: true, kmsKeyID, deleteOnTermination: true },
  };
}
