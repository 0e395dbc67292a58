import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { blockPublicAccess } from '../data/public-access.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument } from '../iam/statement.ts';

export interface AccessLogBucketArgs {
  placement: Placement;
  /** Days until a log is deleted. @default 90 */
  expireAfterDays?: number;
  /** Let `pulumi destroy` delete the logs too. @default false */
  forceDestroy?: boolean;
}

/**
 * Where load balancers write who called what, never what was said. Encrypted under a key of S3's own: Elastic Load Balancing
 * accepts no other for its logs (user guide, "Enable access logs for your Application Load Balancer").
 */
export class AccessLogBucket extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly bucketName: pulumi.Output<string>;
  /** Wait for this before a load balancer is pointed here: it tries to write at once. */
  readonly policy: pulumi.Resource;

  constructor(name: string, args: AccessLogBucketArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:containers:AccessLogBucket', name, {}, opts);
    const parent = { parent: this };
    const bucket = new aws.s3.Bucket(name, { forceDestroy: args.forceDestroy ?? false }, parent);
    this.arn = bucket.arn;
    this.bucketName = bucket.bucket;
    const access = blockPublicAccess(name, bucket, parent);
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket: bucket.bucket,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
      },
      parent,
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
            expiration: { days: args.expireAfterDays ?? 90 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
      parent,
    );
    this.policy = new aws.s3.BucketPolicy(
      name,
      { bucket: bucket.bucket, policy: whoMayWrite(bucket.arn, args.placement) },
      { parent: this, dependsOn: access },
    );
    this.registerOutputs({ arn: this.arn, bucketName: this.bucketName });
  }
}

function whoMayWrite(bucketArn: pulumi.Output<string>, { partition, region, account }: Placement) {
  return policyDocument([
    {
      Sid: 'RefusePlainHttp',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: ['s3:*'],
      Resource: [bucketArn, pulumi.interpolate`${bucketArn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    {
      Sid: 'LoadBalancersWriteLogs',
      Effect: 'Allow',
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      Action: ['s3:PutObject'],
      Resource: [pulumi.interpolate`${bucketArn}/*`],
      Condition: {
        ArnLike: {
          'aws:SourceArn': pulumi.interpolate`arn:${partition}:elasticloadbalancing:${region}:${account}:loadbalancer/*`,
        },
      },
    },
  ]);
}
