import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument, type Statement } from '../iam/statement.ts';
import { bucketPrefix } from './bucket-name.ts';
import { refuseLockedDeletion, type ObjectLock } from './object-lock.ts';
import { blockPublicAccess } from './public-access.ts';

export interface PrivateBucketArgs {
  /** Customer-managed key objects are encrypted under. */
  keyArn: pulumi.Input<string>;
  /** Days until an object is deleted, older versions with it. */
  expireAfterDays: number;
  /** Statements beside the one that refuses plain HTTP, given the bucket's ARN. @default none */
  statements?: (bucketArn: pulumi.Output<string>) => readonly Statement[];
  /** Let `pulumi destroy` delete the objects too. @default false */
  forceDestroy?: boolean;
  /** Keep every object as it was written, whoever asks. Cannot be turned off again. @default none */
  objectLock?: ObjectLock;
}

/** A bucket nobody reaches from outside: no public access, no ACLs, no plain HTTP, encrypted, versioned, and it forgets on time. */
export class PrivateBucket extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly bucketName: pulumi.Output<string>;
  /** Wait for this before handing the bucket to a service that checks whether it may write. */
  readonly policy: pulumi.Resource;

  constructor(name: string, args: PrivateBucketArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { objectLock } = args;
    if (objectLock) refuseLockedDeletion(name, { ...args, objectLock });
    super('plinth:data:PrivateBucket', name, {}, opts);
    const parent = { parent: this };
    const bucket = new aws.s3.Bucket(
      name,
      {
        bucketPrefix: bucketPrefix(name),
        forceDestroy: args.forceDestroy ?? false,
        ...(objectLock && { objectLockEnabled: true }),
      },
      parent,
    );
    this.arn = bucket.arn;
    this.bucketName = bucket.bucket;

    const access = blockPublicAccess(name, bucket, parent);
    new aws.s3.BucketOwnershipControls(
      name,
      { bucket: bucket.bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } },
      parent,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket: bucket.bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: args.keyArn },
            bucketKeyEnabled: true,
          },
        ],
      },
      parent,
    );
    const versioning = new aws.s3.BucketVersioning(
      name,
      { bucket: bucket.bucket, versioningConfiguration: { status: 'Enabled' } },
      parent,
    );
    if (objectLock)
      new aws.s3.BucketObjectLockConfiguration(
        name,
        {
          bucket: bucket.bucket,
          rule: {
            defaultRetention: { mode: objectLock.mode.toUpperCase(), days: objectLock.retentionDays },
          },
        },
        { parent: this, dependsOn: versioning },
      );
    new aws.s3.BucketLifecycleConfiguration(
      name,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: 'forget',
            status: 'Enabled',
            filter: { prefix: '' },
            expiration: { days: args.expireAfterDays },
            noncurrentVersionExpiration: { noncurrentDays: 30 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
      parent,
    );
    this.policy = new aws.s3.BucketPolicy(
      name,
      {
        bucket: bucket.bucket,
        policy: policyDocument([refusePlainHttp(bucket.arn), ...(args.statements?.(bucket.arn) ?? [])]),
      },
      { parent: this, dependsOn: access },
    );
    this.registerOutputs({ arn: this.arn, bucketName: this.bucketName });
  }
}

function refusePlainHttp(bucketArn: pulumi.Output<string>): Statement {
  return {
    Sid: 'RefusePlainHttp',
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: ['s3:*'],
    Resource: [bucketArn, pulumi.interpolate`${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
