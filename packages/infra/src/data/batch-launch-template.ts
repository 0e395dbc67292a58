import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { letAutoScalingUse } from '../containers/auto-scaling-volumes.ts';
import type { Placement } from '../iam/placement.ts';

interface BatchMachines {
  readonly placement: Placement;
  readonly volumeKeyArn: pulumi.Input<string>;
  readonly volumeGib?: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** How Batch's machines start: one encrypted disk, and instance metadata by session tokens that no container gets hold of. */
export function batchLaunchTemplate(
  name: string,
  args: BatchMachines,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.LaunchTemplate {
  // Batch starts its machines by Auto Scaling.
  const mayUseKey = letAutoScalingUse(args.volumeKeyArn, name, args.placement, opts);
  return new aws.ec2.LaunchTemplate(
    name,
    {
      description: `Machines of the batch queue ${name}.`,
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: {
            encrypted: 'true',
            kmsKeyId: args.volumeKeyArn,
            volumeType: 'gp3',
            volumeSize: args.volumeGib ?? 100,
            deleteOnTermination: 'true',
          },
        },
      ],
      // Batch tags the machines itself, and refuses a template that does so too.
      tagSpecifications: [{ resourceType: 'volume', tags: { ...args.tags } }],
      updateDefaultVersion: true,
    },
    { ...opts, dependsOn: mayUseKey },
  );
}
