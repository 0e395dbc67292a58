import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { z } from 'zod';
import { pinnedImage } from '../containers/pinned-image.ts';
import type { ServiceEnvironment } from '../fronts/service-function.ts';
import { StackError } from '../governance/stack-error.ts';
import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';
import { grantWaitForJobs } from './state-machine.ts';

export interface BatchJobArgs<T extends z.core.$ZodObject> {
  placement: Placement;
  /** A `BatchQueue`, or the ARN of one in another stack. */
  queue: { readonly arn: pulumi.Input<string> };
  /** By digest, `repository@sha256:…`. */
  image: pulumi.Input<string>;
  /** @default what the image says */
  command?: readonly string[];
  /** The service's environment contract. */
  contract: T;
  environment: ServiceEnvironment<T>;
  vcpus: number;
  memoryMb: number;
  /** @default 0 */
  gpus?: number;
  /** MiB of memory that `/tmp` may take: all else is read-only. @default 256 */
  scratchMb?: number;
  /**
   * Folders of the image that may be written, as for weights: they lie on the machine's encrypted disk, belong to whom they belong in the
   * image, and go with the container. @default none
   */
  writablePaths?: readonly string[];
  /** Seconds one try may take, 60 at least. */
  timeoutSeconds: number;
  /** Tries in all, 2 to 10. A try is repeated when Spot takes the machine back, or when the job ends with 75 (EX_TEMPFAIL). @default 5 */
  attempts?: number;
  /** What the job may do, beside writing its logs. */
  statements: readonly Statement[];
  /** Physical name of the log group, for example `/plinth/dev/batch`. */
  logGroupName: pulumi.Input<string>;
  /** Customer-managed key whose policy lets CloudWatch Logs use it. */
  logKeyArn: pulumi.Input<string>;
  /** @default 365 */
  logRetentionDays?: RetentionDays;
}

/** User in the image, by number: nobody who is root can pass for it. */
const JOB_USER = '65532';
/** "Try again later", of sysexits.h. */
const TRY_AGAIN = '75';

/** A job that runs in a container on a `BatchQueue`: not as root, on a read-only file system, with a role of its own. */
export class BatchJob<T extends z.core.$ZodObject> extends pulumi.ComponentResource {
  /** Of this revision. */
  readonly definitionArn: pulumi.Output<string>;
  readonly queueArn: pulumi.Input<string>;
  readonly #placement: Placement;

  /** @throws {StackError} for an image without a digest, a try without time, or one try alone. */
  constructor(name: string, args: BatchJobArgs<T>, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:BatchJob', name, {}, opts);
    this.#placement = args.placement;
    const { attempts = 5, timeoutSeconds } = args;
    if (!(attempts >= 2 && attempts <= 10))
      throw new StackError(`Job ${name} needs 2 to 10 attempts: Spot takes machines back.`);
    if (!(timeoutSeconds >= 60)) throw new StackError(`Job ${name} needs a timeout of 60 seconds at least.`);
    const parent = { parent: this };
    const logs = new LogGroup(
      name,
      { name: args.logGroupName, keyArn: args.logKeyArn, retentionDays: args.logRetentionDays },
      parent,
    );
    const role = new aws.iam.Role(
      name,
      {
        description: `What the job ${name} may do.`,
        assumeRolePolicy: serviceTrust('ecs-tasks.amazonaws.com', args.placement.account),
      },
      parent,
    );
    if (args.statements.length > 0)
      new aws.iam.RolePolicy(name, { role: role.name, policy: policyDocument(args.statements) }, parent);
    const definition = new aws.batch.JobDefinition(
      name,
      {
        type: 'container',
        platformCapabilities: ['EC2'],
        propagateTags: true,
        retryStrategy: {
          attempts,
          evaluateOnExits: [
            { action: 'RETRY', onStatusReason: 'Host EC2*' },
            { action: 'RETRY', onExitCode: TRY_AGAIN },
            // What fails for another reason fails again: the caller decides.
            { action: 'EXIT', onReason: '*' },
          ],
        },
        timeout: { attemptDurationSeconds: timeoutSeconds },
        containerProperties: pulumi.jsonStringify(containerOf(args, role.arn, logs.logGroupName)),
      },
      parent,
    );
    this.definitionArn = definition.arn;
    this.queueArn = args.queue.arn;
    this.registerOutputs({ definitionArn: this.definitionArn });
  }

  /** Lets a role put this job, as it stands, into its queue. */
  grantSubmit(): Statement {
    return {
      Sid: 'SubmitJobs',
      Effect: 'Allow',
      Action: ['batch:SubmitJob'],
      Resource: [this.definitionArn, this.queueArn],
    };
  }

  /** Lets a workflow run this job and wait for its end (`arn:aws:states:::batch:submitJob.sync`). */
  grantRun(): Statement[] {
    const { partition, region, account } = this.#placement;
    return [
      this.grantSubmit(),
      JUSTIFIED.describeJobs,
      {
        Sid: 'EndJobs',
        Effect: 'Allow',
        Action: ['batch:TerminateJob'],
        // Batch names jobs as they come in.
        Resource: [pulumi.interpolate`arn:${partition}:batch:${region}:${account}:job/*`],
      },
      grantWaitForJobs(this.#placement, 'batch'),
    ];
  }
}

function containerOf<T extends z.core.$ZodObject>(
  args: BatchJobArgs<T>,
  jobRoleArn: pulumi.Output<string>,
  logGroupName: pulumi.Output<string>,
) {
  const amounts: Record<string, number> = { VCPU: args.vcpus, MEMORY: args.memoryMb, GPU: args.gpus ?? 0 };
  return {
    image: pinnedImage(args.image),
    ...(args.command !== undefined && { command: args.command }),
    jobRoleArn,
    user: JOB_USER,
    privileged: false,
    readonlyRootFilesystem: true,
    environment: Object.entries(args.environment)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, value: value as pulumi.Input<string> })),
    resourceRequirements: Object.entries(amounts)
      .filter(([, amount]) => amount > 0)
      .map(([type, amount]) => ({ type, value: String(amount) })),
    ...((args.writablePaths ?? []).length > 0 && {
      // Without a path of the machine's own, Docker makes a volume of what the image holds there, and removes it with the container.
      volumes: (args.writablePaths ?? []).map((_, index) => ({ name: `writable-${index}`, host: {} })),
      mountPoints: (args.writablePaths ?? []).map((containerPath, index) => ({
        sourceVolume: `writable-${index}`,
        containerPath,
        readOnly: false,
      })),
    }),
    linuxParameters: {
      initProcessEnabled: true,
      tmpfs: [{ containerPath: '/tmp', size: args.scratchMb ?? 256, mountOptions: ['nosuid', 'nodev', 'noexec'] }],
    },
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': logGroupName,
        'awslogs-region': args.placement.region,
        'awslogs-stream-prefix': 'job',
      },
    },
  };
}
