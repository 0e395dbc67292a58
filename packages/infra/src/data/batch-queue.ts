import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import { serviceTrust } from '../iam/statement.ts';
import { batchLaunchTemplate } from './batch-launch-template.ts';

export interface BatchQueueArgs {
  placement: Placement;
  /** Private subnets with a way to ECR, ECS, CloudWatch Logs and S3: by NAT, or by endpoints. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Types or families Batch may choose from, such as `['g6.xlarge', 'g5.xlarge']`. The more, the rarer Spot runs dry. */
  instanceTypes: readonly string[];
  /** The most vCPUs that run at once: what caps the bill. */
  maxVcpus: number;
  /** Drivers on the machines. @default 'cpu' */
  hardware?: 'cpu' | 'nvidia';
  /** Customer-managed key of the machines' disks. */
  volumeKeyArn: pulumi.Input<string>;
  /** GiB for images and scratch space. @default 100 */
  volumeGib?: number;
  /** The platform's tags, for machines and disks: Batch makes them, and the tags of the stack do not reach them by themselves. */
  tags: Readonly<Record<string, string>>;
  /** Minutes a job may wait that fits on no machine, 10 to 1440, before it is cancelled. @default 60 */
  misfitMinutes?: number;
}

/**
 * A queue of AWS Batch over Spot machines that come when there is work and go when there is none. Machines are lost now and then, so jobs
 * are tried again: see `BatchJob`.
 */
export class BatchQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly queueName: pulumi.Output<string>;
  readonly computeEnvironmentArn: pulumi.Output<string>;

  /** @throws {StackError} for no instance types, a cap below one vCPU, or waiting times AWS does not take. */
  constructor(name: string, args: BatchQueueArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:BatchQueue', name, {}, opts);
    if (args.instanceTypes.length === 0 || args.instanceTypes.includes('optimal'))
      throw new StackError(`Batch queue ${name} has to name its instance types: they decide what it costs.`);
    if (!(Number.isInteger(args.maxVcpus) && args.maxVcpus > 0))
      throw new StackError(`Batch queue ${name} has to cap its vCPUs: set maxVcpus to a whole number above zero.`);
    const misfitMinutes = args.misfitMinutes ?? 60;
    if (!(misfitMinutes >= 10 && misfitMinutes <= 1440))
      throw new StackError(`Batch queue ${name} has to cancel what fits nowhere: set misfitMinutes to 10 to 1440.`);
    const template = batchLaunchTemplate(name, args, { parent: this });
    const environment = new aws.batch.ComputeEnvironment(
      name,
      {
        namePrefix: `${name}-`,
        type: 'MANAGED',
        // No service role: Batch then uses its service-linked one, and can update machines in place.
        computeResources: {
          type: 'SPOT',
          allocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED',
          minVcpus: 0,
          maxVcpus: args.maxVcpus,
          instanceTypes: [...args.instanceTypes],
          ec2Configurations: [{ imageType: args.hardware === 'nvidia' ? 'ECS_AL2023_NVIDIA' : 'ECS_AL2023' }],
          instanceRole: machineProfile(name, { parent: this }).arn,
          launchTemplate: { launchTemplateId: template.id, version: pulumi.interpolate`${template.latestVersion}` },
          subnets: args.subnetIds,
          securityGroupIds: args.securityGroupIds,
          tags: { ...args.tags },
        },
        // Running jobs get half an hour to end before their machines are replaced by newer ones.
        updatePolicy: { jobExecutionTimeoutMinutes: 30, terminateJobsOnUpdate: false },
      },
      { parent: this },
    );
    const queue = new aws.batch.JobQueue(
      name,
      {
        state: 'ENABLED',
        priority: 1,
        computeEnvironmentOrders: [{ order: 1, computeEnvironment: environment.arn }],
        jobStateTimeLimitActions: [
          {
            action: 'CANCEL',
            state: 'RUNNABLE',
            reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
            maxTimeSeconds: misfitMinutes * 60,
          },
        ],
      },
      { parent: this },
    );
    this.arn = queue.arn;
    this.queueName = queue.name;
    this.computeEnvironmentArn = environment.arn;
    this.registerOutputs({ arn: this.arn, queueName: this.queueName });
  }
}

/** What the ECS agent on a machine may do: AWS's own policy for it. Jobs cannot use it, they have roles of their own. */
function machineProfile(name: string, opts: pulumi.CustomResourceOptions): aws.iam.InstanceProfile {
  const role = new aws.iam.Role(
    `${name}-machine`,
    { description: `Machines of the batch queue ${name}.`, assumeRolePolicy: serviceTrust('ec2.amazonaws.com') },
    opts,
  );
  const attached = new aws.iam.RolePolicyAttachment(
    `${name}-machine`,
    { role: role.name, policyArn: aws.iam.ManagedPolicy.AmazonEC2ContainerServiceforEC2Role },
    opts,
  );
  return new aws.iam.InstanceProfile(`${name}-machine`, { role: role.name }, { ...opts, dependsOn: attached });
}
