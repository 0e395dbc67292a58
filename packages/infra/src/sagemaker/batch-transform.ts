import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import { grantKeyThrough } from '../governance/key.ts';
import { grantReadUnder, grantWriteUnder, s3Uri, type ObjectPrefix } from '../iam/object-prefix.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, type Statement } from '../iam/statement.ts';
import type { HostedModel } from './hosted-model.ts';
import { hasOwnDisks } from './instance-storage.ts';
import { grantSharedLogs } from './shared-logs.ts';

export interface BatchTransformArgs {
  placement: Placement;
  model: HostedModel;
  /** JSON lines are read from here. */
  input: ObjectPrefix;
  /** Answers are written here, one file `<input file>.out` for each. */
  output: ObjectPrefix;
  /** Customer-managed key of both, and of the volumes. */
  keyArn: pulumi.Input<string>;
  /** For example `ml.g6.xlarge`. */
  instanceType: string;
  /** @default 1 */
  instanceCount?: number;
  /** Requests an instance works on at once. @default 4 */
  concurrentPerInstance?: number;
  /** Start of the names of jobs; the whole name is at most 63 characters. @default `plinth-<stack>-<name>` */
  jobPrefix?: string;
}

/**
 * A model over many files: SageMaker starts instances, works through them and stops. Transform jobs are not resources; a Step Functions state
 * (`arn:aws:states:::sagemaker:createTransformJob.sync`) starts each, with {@link request} and a name that begins with {@link jobPrefix}.
 */
export class BatchTransform extends pulumi.ComponentResource {
  readonly jobPrefix: string;
  /** The job's request without its name, as `CreateTransformJob` takes it. */
  readonly request: pulumi.Output<TransformRequest>;
  readonly #args: BatchTransformArgs;

  constructor(name: string, args: BatchTransformArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const jobPrefix = check(args.jobPrefix ?? `plinth-${pulumi.getStack()}-${name}`);
    super('plinth:sagemaker:BatchTransform', name, {}, opts);
    const { placement, model, input, output, keyArn } = args;
    // A job runs with its model's role, so the model is what may read and write.
    new aws.iam.RolePolicy(
      name,
      {
        role: model.roleName,
        policy: policyDocument([
          ...grantReadUnder(placement, input),
          grantWriteUnder(placement, output),
          grantKeyThrough(keyArn, placement, 's3'),
          grantSharedLogs(placement, 'TransformJobs'),
        ]),
      },
      { parent: this },
    );
    this.#args = args;
    this.jobPrefix = jobPrefix;
    this.request = pulumi.output(requestOf(args));
    this.registerOutputs({ jobPrefix });
  }

  /** What a Step Functions role needs to start jobs, to be told of their end, and to stop them. */
  grantRun(): Statement[] {
    const { placement, keyArn } = this.#args;
    const { partition, region, account } = placement;
    return [
      {
        Sid: 'RunTransformJobs',
        Effect: 'Allow',
        Action: [
          'sagemaker:CreateTransformJob',
          'sagemaker:DescribeTransformJob',
          'sagemaker:StopTransformJob',
          // Step Functions tags each job as its own.
          'sagemaker:AddTags',
        ],
        Resource: [
          pulumi.interpolate`arn:${partition}:sagemaker:${region}:${account}:transform-job/${this.jobPrefix}-*`,
        ],
      },
      {
        // The one rule that Step Functions keeps to hear of jobs' ends (Step Functions developer guide, "Amazon SageMaker").
        Sid: 'HearOfTheirEnd',
        Effect: 'Allow',
        Action: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        Resource: [
          pulumi.interpolate`arn:${partition}:events:${region}:${account}:rule/StepFunctionsGetEventsForSageMakerTransformJobsRule`,
        ],
      },
      {
        Sid: 'LendKeyToVolumes',
        Effect: 'Allow',
        Action: ['kms:CreateGrant'],
        Resource: [keyArn],
        Condition: {
          Bool: { 'kms:GrantIsForAWSResource': 'true' },
          StringEquals: { 'kms:ViaService': `sagemaker.${region}.amazonaws.com` },
        },
      },
    ];
  }
}

/** `CreateTransformJob` without the name. */
export interface TransformRequest {
  readonly ModelName: string;
  readonly MaxConcurrentTransforms: number;
  readonly BatchStrategy: 'SingleRecord';
  readonly TransformInput: object;
  readonly TransformOutput: object;
  readonly TransformResources: object;
}

function requestOf(args: BatchTransformArgs): pulumi.Input<TransformRequest> {
  return pulumi
    .all([args.model.modelName, s3Uri(args.input), s3Uri(args.output), args.keyArn])
    .apply(([ModelName, input, output, key]) => ({
      ModelName,
      MaxConcurrentTransforms: args.concurrentPerInstance ?? 4,
      BatchStrategy: 'SingleRecord' as const,
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: input } },
        ContentType: 'application/jsonlines',
        SplitType: 'Line',
      },
      TransformOutput: { S3OutputPath: output, KmsKeyId: key, AssembleWith: 'Line', Accept: 'application/jsonlines' },
      TransformResources: {
        InstanceType: args.instanceType,
        InstanceCount: args.instanceCount ?? 1,
        ...(hasOwnDisks(args.instanceType) ? {} : { VolumeKmsKeyId: key }),
      },
    }));
}

function check(jobPrefix: string): string {
  if (!/^[0-9A-Za-z](-*[0-9A-Za-z]){0,39}$/.test(jobPrefix))
    throw new StackError(
      `"${jobPrefix}" cannot begin a job's name: letters, digits and hyphens, 40 at most. Set jobPrefix.`,
    );
  return jobPrefix;
}
