import * as pulumi from '@pulumi/pulumi';
import type { Placement } from './placement.ts';
import type { Statement } from './statement.ts';

/** Objects of one bucket whose keys start alike. */
export interface ObjectPrefix {
  readonly bucketName: pulumi.Input<string>;
  /** Start of the keys, ending in a slash, for example `models/smollm2/`. */
  readonly prefix: string;
}

/** `s3://bucket/prefix/` */
export function s3Uri({ bucketName, prefix }: ObjectPrefix): pulumi.Output<string> {
  return pulumi.interpolate`s3://${bucketName}/${prefix}`;
}

/** Lets a role read the objects under a prefix, and list the bucket under it. */
export function grantReadUnder(placement: Placement, from: ObjectPrefix): Statement[] {
  const bucket = bucketArn(placement, from);
  return [
    {
      Sid: 'ReadObjects',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [pulumi.interpolate`${bucket}/${from.prefix}*`],
    },
    {
      Sid: 'ListObjects',
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: [bucket],
      Condition: { StringLike: { 's3:prefix': [from.prefix, `${from.prefix}*`] } },
    },
  ];
}

/** Lets a role write objects under a prefix, in parts too, and neither read nor delete them. */
export function grantWriteUnder(placement: Placement, to: ObjectPrefix): Statement {
  return {
    Sid: 'WriteObjects',
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
    Resource: [pulumi.interpolate`${bucketArn(placement, to)}/${to.prefix}*`],
  };
}

function bucketArn({ partition }: Placement, { bucketName }: ObjectPrefix): pulumi.Output<string> {
  return pulumi.interpolate`arn:${partition}:s3:::${bucketName}`;
}
