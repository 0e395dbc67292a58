import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { PrivateBucket } from '../data/private-bucket.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust } from '../iam/statement.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';

export interface InvocationLoggingArgs {
  placement: Placement;
  /** Physical name of the log group, for example `/plinth/dev/model-invocations`. */
  logGroupName: pulumi.Input<string>;
  /** Customer-managed key whose policy lets CloudWatch Logs and Bedrock use it. */
  keyArn: pulumi.Input<string>;
  /** Days both copies are kept. @default 365 */
  retentionDays?: RetentionDays;
  /** Let `pulumi destroy` delete what was logged. @default false */
  forceDestroy?: boolean;
}

/**
 * Bedrock's own record of every model call in this account and Region, prompts and answers included, to an encrypted log
 * group and an encrypted bucket. It is the auditors' record, apart from the services' logs, which never hold prompts.
 *
 * AWS keeps one such setting per account and Region: exactly one stack may own it.
 */
export class InvocationLogging extends pulumi.ComponentResource {
  readonly logGroupName: pulumi.Output<string>;
  readonly bucketName: pulumi.Output<string>;

  constructor(name: string, args: InvocationLoggingArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:bedrock:InvocationLogging', name, {}, opts);
    const { account } = args.placement;
    const retentionDays = args.retentionDays ?? 365;
    const logs = new LogGroup(name, { name: args.logGroupName, keyArn: args.keyArn, retentionDays }, { parent: this });
    const bucket = new PrivateBucket(
      name,
      {
        keyArn: args.keyArn,
        expireAfterDays: retentionDays,
        forceDestroy: args.forceDestroy,
        statements: (bucketArn) => [
          {
            Sid: 'BedrockWritesInvocations',
            Effect: 'Allow',
            Principal: { Service: 'bedrock.amazonaws.com' },
            Action: ['s3:PutObject'],
            Resource: [pulumi.interpolate`${bucketArn}/*`],
            Condition: { StringEquals: { 'aws:SourceAccount': account } },
          },
        ],
      },
      { parent: this },
    );
    const role = new aws.iam.Role(
      name,
      {
        description: 'Bedrock writes model invocations to their log group.',
        assumeRolePolicy: serviceTrust('bedrock.amazonaws.com', account),
      },
      { parent: this },
    );
    const rolePolicy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          {
            Sid: 'WriteInvocations',
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            // The one stream name Bedrock writes to.
            Resource: [pulumi.interpolate`${logs.arn}:log-stream:aws/bedrock/modelinvocations`],
          },
        ]),
      },
      { parent: this },
    );
    new aws.bedrockmodel.InvocationLoggingConfiguration(
      name,
      {
        loggingConfig: {
          textDataDeliveryEnabled: true,
          imageDataDeliveryEnabled: true,
          embeddingDataDeliveryEnabled: true,
          videoDataDeliveryEnabled: true,
          cloudwatchConfig: {
            logGroupName: logs.logGroupName,
            roleArn: role.arn,
            // CloudWatch takes 256 KB an event; a longer prompt goes to the bucket.
            largeDataDeliveryS3Config: { bucketName: bucket.bucketName, keyPrefix: 'large' },
          },
          s3Config: { bucketName: bucket.bucketName, keyPrefix: 'invocations' },
        },
      },
      { parent: this, dependsOn: [rolePolicy, bucket.policy] },
    );
    this.logGroupName = logs.logGroupName;
    this.bucketName = bucket.bucketName;
    this.registerOutputs({ logGroupName: this.logGroupName, bucketName: this.bucketName });
  }
}
