import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { ObjectLock } from '../data/object-lock.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust } from '../iam/statement.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';
import { AuditBucket } from './audit-bucket.ts';
import { eventSelectors, type DataEvents } from './data-events.ts';

export interface AuditTrailArgs {
  placement: Placement;
  /** Customer-managed key whose policy lets CloudTrail and CloudWatch Logs use it (`users: ['audit-trail', 'logs']`). */
  keyArn: pulumi.Input<string>;
  /** How firmly, and for how many days, records are locked. */
  lock: ObjectLock;
  /** Days until a record is deleted. @default the days of the lock */
  expireAfterDays?: number;
  /** What is recorded beside management events of every Region. @default use of every model service, and of the trail's own bucket */
  dataEvents?: DataEvents;
  /** Physical name of the log group that makes recent events searchable. */
  logGroupName: pulumi.Input<string>;
  /** @default 90 */
  logRetentionDays?: RetentionDays;
  /** Let `pulumi destroy` delete the records too; a governance lock alone allows it. @default false */
  forceDestroy?: boolean;
}

/**
 * CloudTrail of all Regions, into a locked bucket and a log group: who did what to the account, and who used which model. Digest
 * files signed by AWS (log-file validation) prove that no record was changed or is missing.
 */
export class AuditTrail extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly bucket: AuditBucket;
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: AuditTrailArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:governance:AuditTrail', name, {}, opts);
    const { account, partition, region } = args.placement;
    // Bucket and key name the trail before it exists, so its name is ours and not Pulumi's.
    const trailName = `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
    const sourceArn = pulumi.interpolate`arn:${partition}:cloudtrail:${region}:${account}:trail/${trailName}`;
    this.bucket = new AuditBucket(
      name,
      {
        keyArn: args.keyArn,
        lock: args.lock,
        expireAfterDays: args.expireAfterDays,
        forceDestroy: args.forceDestroy,
        writers: [{ service: 'cloudtrail.amazonaws.com', sourceArn, prefix: pulumi.interpolate`AWSLogs/${account}` }],
      },
      { parent: this },
    );
    const logs = new LogGroup(
      name,
      { name: args.logGroupName, keyArn: args.keyArn, retentionDays: args.logRetentionDays ?? 90 },
      { parent: this },
    );
    const role = new aws.iam.Role(
      name,
      {
        description: 'CloudTrail writes events to their log group.',
        assumeRolePolicy: serviceTrust('cloudtrail.amazonaws.com'),
      },
      { parent: this },
    );
    const rolePolicy = new aws.iam.RolePolicy(
      name,
      { role: role.name, policy: policyDocument([logs.grantWrite()]) },
      { parent: this },
    );
    const trail = new aws.cloudtrail.Trail(
      name,
      {
        name: trailName,
        s3BucketName: this.bucket.bucketName,
        kmsKeyId: args.keyArn,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogging: true,
        enableLogFileValidation: true,
        // CloudTrail names its streams itself, and wants the group's ARN to say so.
        cloudWatchLogsGroupArn: pulumi.interpolate`${logs.arn}:*`,
        cloudWatchLogsRoleArn: role.arn,
        advancedEventSelectors: eventSelectors(args.dataEvents ?? {}, this.bucket.arn, args.placement),
      },
      { parent: this, dependsOn: [this.bucket.policy, rolePolicy] },
    );
    this.arn = trail.arn;
    this.logGroupName = logs.logGroupName;
    this.registerOutputs({ arn: this.arn, logGroupName: this.logGroupName });
  }
}
