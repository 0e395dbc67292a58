import * as pulumi from '@pulumi/pulumi';
import { refuseLockedDeletion, type ObjectLock } from '../data/object-lock.ts';
import { PrivateBucket } from '../data/private-bucket.ts';
import type { Statement } from '../iam/statement.ts';

export interface AuditBucketArgs {
  /** Customer-managed key the records are encrypted under. */
  keyArn: pulumi.Input<string>;
  /**
   * How firmly records stand. `compliance`: nobody, the account's root included, deletes or shortens. `governance`: only who
   * holds `s3:BypassGovernanceRetention`, for environments that are thrown away.
   */
  lock: ObjectLock;
  /** Days until a record is deleted. @default the days of the lock */
  expireAfterDays?: number;
  /** AWS services that write records by themselves. @default none */
  writers?: readonly AuditWriter[];
  /** Let `pulumi destroy` delete the records too; a governance lock alone allows it. @default false */
  forceDestroy?: boolean;
}

/** A service that writes below one prefix, on behalf of one resource of ours. */
export interface AuditWriter {
  /** Service principal, such as `cloudtrail.amazonaws.com`. */
  readonly service: string;
  /** The resource it acts for. Stops another account's resource from borrowing the service's identity. */
  readonly sourceArn: pulumi.Input<string>;
  /** First part of every key, without a closing slash. */
  readonly prefix: pulumi.Input<string>;
}

/** Where records of what happened are kept so that nobody can take one out or change one: Object Lock, versions, a key, TLS only. */
export class AuditBucket extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly bucketName: pulumi.Output<string>;
  /** Wait for this before handing the bucket to a service that checks whether it may write. */
  readonly policy: pulumi.Resource;

  constructor(name: string, args: AuditBucketArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const expireAfterDays = args.expireAfterDays ?? args.lock.retentionDays;
    refuseLockedDeletion(name, { ...args, objectLock: args.lock, expireAfterDays });
    super('plinth:governance:AuditBucket', name, {}, opts);
    const bucket = new PrivateBucket(
      name,
      {
        keyArn: args.keyArn,
        objectLock: args.lock,
        expireAfterDays,
        forceDestroy: args.forceDestroy,
        statements: (arn) => (args.writers ?? []).flatMap((writer) => mayWrite(arn, writer)),
      },
      { parent: this },
    );
    this.arn = bucket.arn;
    this.bucketName = bucket.bucketName;
    this.policy = bucket.policy;
    this.registerOutputs({ arn: this.arn, bucketName: this.bucketName });
  }

  /** Lets an auditor list and read records, old versions included. The key is granted apart. */
  grantRead(): Statement[] {
    return [
      {
        Sid: 'ListAuditRecords',
        Effect: 'Allow',
        Action: ['s3:ListBucket', 's3:ListBucketVersions'],
        Resource: [this.arn],
      },
      {
        Sid: 'ReadAuditRecords',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectRetention'],
        Resource: [pulumi.interpolate`${this.arn}/*`],
      },
    ];
  }
}

function mayWrite(bucketArn: pulumi.Output<string>, { service, sourceArn, prefix }: AuditWriter): Statement[] {
  const Principal = { Service: service };
  return [
    {
      Sid: 'ServiceReadsOwnership',
      Effect: 'Allow',
      Principal,
      Action: ['s3:GetBucketAcl'],
      Resource: [bucketArn],
      Condition: { StringEquals: { 'aws:SourceArn': sourceArn } },
    },
    {
      Sid: 'ServiceWritesRecords',
      Effect: 'Allow',
      Principal,
      Action: ['s3:PutObject'],
      Resource: [pulumi.interpolate`${bucketArn}/${prefix}/*`],
      Condition: { StringEquals: { 'aws:SourceArn': sourceArn, 's3:x-amz-acl': 'bucket-owner-full-control' } },
    },
  ];
}
