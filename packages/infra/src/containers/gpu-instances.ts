import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { serviceTrust } from '../iam/statement.ts';
import { letAutoScalingUse } from './auto-scaling-volumes.ts';
import type { GpuInstances } from './capacity.ts';
import type { PrivateSubnets } from './internal-load-balancer.ts';

export interface GpuCapacityArgs {
  placement: Placement;
  clusterName: string;
  network: PrivateSubnets;
  instances: GpuInstances;
  /** Customer-managed key volumes are encrypted under. */
  keyArn: pulumi.Input<string>;
  securityGroupId: pulumi.Input<string>;
}

/** AWS's own image for ECS with GPU drivers, looked up at every launch, so that new instances are patched ones. */
const GPU_IMAGE = '/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id';

/**
 * GPU instances that ECS adds when containers wait and removes when they are empty, never with a container on them.
 * They keep nothing but caches.
 */
export class GpuCapacity extends pulumi.ComponentResource {
  readonly capacityProviderName: pulumi.Output<string>;
  readonly autoScalingGroupName: pulumi.Output<string>;

  constructor(name: string, args: GpuCapacityArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:containers:GpuCapacity', name, {}, opts);
    const parent = { parent: this };
    const { placement, instances } = args;
    const profile = instanceProfile(name, placement, parent);
    const volumeGrant = letAutoScalingUse(args.keyArn, name, placement, parent);
    const template = new aws.ec2.LaunchTemplate(name, launchTemplate(args, profile), parent);
    const group = new aws.autoscaling.Group(
      name,
      {
        minSize: 0,
        maxSize: instances.maxInstances,
        vpcZoneIdentifiers: args.network.subnetIds,
        protectFromScaleIn: true,
        // Scale-in protection would otherwise keep `pulumi destroy` waiting for instances that hold nothing.
        forceDelete: true,
        healthCheckType: 'EC2',
        defaultInstanceWarmup: 300,
        mixedInstancesPolicy: {
          launchTemplate: {
            launchTemplateSpecification: {
              launchTemplateId: template.id,
              version: template.latestVersion.apply(String),
            },
            overrides: instances.instanceTypes.map((instanceType) => ({ instanceType })),
          },
          instancesDistribution: {
            onDemandAllocationStrategy: 'prioritized',
            spotAllocationStrategy: 'price-capacity-optimized',
            ...(instances.market?.kind === 'spot'
              ? { onDemandBaseCapacity: instances.market.onDemandBase, onDemandPercentageAboveBaseCapacity: 0 }
              : { onDemandPercentageAboveBaseCapacity: 100 }),
          },
        },
        tags: [
          { key: 'Name', value: name, propagateAtLaunch: true },
          // ECS sets this tag itself; naming it keeps the next `pulumi up` from removing it.
          { key: 'AmazonECSManaged', value: 'true', propagateAtLaunch: true },
        ],
      },
      // ECS sets the number of instances.
      { parent: this, dependsOn: volumeGrant, ignoreChanges: ['desiredCapacity'] },
    );
    const provider = new aws.ecs.CapacityProvider(
      name,
      {
        autoScalingGroupProvider: {
          autoScalingGroupArn: group.arn,
          managedTerminationProtection: 'ENABLED',
          managedDraining: 'ENABLED',
          managedScaling: { status: 'ENABLED', targetCapacity: 100, instanceWarmupPeriod: 300 },
        },
      },
      parent,
    );
    this.capacityProviderName = provider.name;
    this.autoScalingGroupName = group.name;
    this.registerOutputs({ capacityProviderName: this.capacityProviderName });
  }
}

function launchTemplate(args: GpuCapacityArgs, profile: aws.iam.InstanceProfile): aws.ec2.LaunchTemplateArgs {
  return {
    imageId: `resolve:ssm:${GPU_IMAGE}`,
    instanceType: args.instances.instanceTypes[0],
    iamInstanceProfile: { arn: profile.arn },
    vpcSecurityGroupIds: [args.securityGroupId],
    // One hop: a container cannot reach the instance's credentials even if it tries.
    metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
    monitoring: { enabled: true },
    blockDeviceMappings: [
      {
        deviceName: '/dev/xvda',
        ebs: {
          ...(args.instances.volumeType === 'gp2'
            ? { volumeType: 'gp2' }
            : { volumeType: 'gp3', throughput: 500, iops: 4000 }),
          volumeSize: args.instances.volumeGb ?? 200,
          encrypted: 'true',
          kmsKeyId: args.keyArn,
          deleteOnTermination: 'true',
        },
      },
    ],
    userData: Buffer.from(agentSettings(args.clusterName)).toString('base64'),
  };
}

/** Settings of the ECS agent (developer guide, "Amazon ECS container agent configuration"). */
function agentSettings(clusterName: string): string {
  return [
    '#!/bin/bash',
    "cat >> /etc/ecs/ecs.config <<'SETTINGS'",
    `ECS_CLUSTER=${clusterName}`,
    'ECS_ENABLE_GPU_SUPPORT=true',
    'ECS_AWSVPC_BLOCK_IMDS=true',
    'ECS_DISABLE_PRIVILEGED=true',
    'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true',
    'ECS_IMAGE_PULL_BEHAVIOR=prefer-cached',
    'SETTINGS',
    '',
  ].join('\n');
}

function instanceProfile(name: string, placement: Placement, parent: pulumi.CustomResourceOptions) {
  const role = new aws.iam.Role(
    `${name}-instance`,
    { description: 'ECS agent of GPU instances.', assumeRolePolicy: serviceTrust('ec2.amazonaws.com') },
    parent,
  );
  new aws.iam.RolePolicyAttachment(
    `${name}-instance`,
    {
      role: role.name,
      policyArn: `arn:${placement.partition}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role`,
    },
    parent,
  );
  return new aws.iam.InstanceProfile(`${name}-instance`, { role: role.name }, parent);
}
