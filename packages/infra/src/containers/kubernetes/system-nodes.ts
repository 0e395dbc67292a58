import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../../iam/placement.ts';
import { serviceTrust } from '../../iam/statement.ts';
import { letAutoScalingUse } from '../auto-scaling-volumes.ts';
import { NODE_POLICIES } from './karpenter.ts';

export interface SystemNodeSettings {
  readonly placement: Placement;
  readonly clusterName: string;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly keyArn: pulumi.Input<string>;
  readonly instanceTypes: readonly string[];
  readonly nodes: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** The few steady nodes that the cluster's own parts run on: Karpenter cannot make the node it runs on itself. */
export function systemNodes(
  name: string,
  settings: SystemNodeSettings,
  opts: pulumi.CustomResourceOptions,
): aws.eks.NodeGroup {
  const own = { parent: opts.parent };
  const role = new aws.iam.Role(
    `${name}-system`,
    { description: `System nodes of ${settings.clusterName}.`, assumeRolePolicy: serviceTrust('ec2.amazonaws.com') },
    own,
  );
  const policies = NODE_POLICIES.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(
        `${name}-system-${policy}`,
        { role: role.name, policyArn: `arn:${settings.placement.partition}:iam::aws:policy/${policy}` },
        own,
      ),
  );
  const template = new aws.ec2.LaunchTemplate(
    `${name}-system`,
    {
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: ['/dev/xvda', '/dev/xvdb'].map((deviceName, index) => ({
        deviceName,
        ebs: {
          volumeType: 'gp3',
          volumeSize: index === 0 ? 4 : 40,
          encrypted: 'true',
          kmsKeyId: settings.keyArn,
          deleteOnTermination: 'true',
        },
      })),
      // Tags of the template do not reach what is made from it.
      tagSpecifications: ['instance', 'volume'].map((resourceType) => ({ resourceType, tags: settings.tags })),
    },
    own,
  );
  const volumes = letAutoScalingUse(settings.keyArn, `${name}-system`, settings.placement, own);
  return new aws.eks.NodeGroup(
    `${name}-system`,
    {
      clusterName: settings.clusterName,
      nodeRoleArn: role.arn,
      subnetIds: settings.subnetIds,
      amiType: 'BOTTLEROCKET_x86_64',
      instanceTypes: [...settings.instanceTypes],
      scalingConfig: { minSize: settings.nodes, desiredSize: settings.nodes, maxSize: settings.nodes + 1 },
      updateConfig: { maxUnavailable: 1 },
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
    },
    pulumi.mergeOptions(opts, { dependsOn: [...policies, volumes] }),
  );
}
