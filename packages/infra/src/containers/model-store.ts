import * as pulumi from '@pulumi/pulumi';
import { grantKeyThrough } from '../governance/key.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';

/** Weights of one model, in a bucket of this account. */
export interface StoredModel {
  readonly placement: Placement;
  readonly bucketArn: pulumi.Input<string>;
  /** Below which everything belongs to the model, without slash at either end: `llama-3.1-8b/2026-07-01`. */
  readonly prefix: string;
  /** Customer-managed key the objects are encrypted under. */
  readonly keyArn: pulumi.Input<string>;
}

/** Lets a role read one model's files. It need not list them: `SHA256SUMS` names them all. */
export function grantReadModel({ placement, bucketArn, prefix, keyArn }: StoredModel): Statement[] {
  return [
    {
      Sid: 'ReadModel',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [pulumi.interpolate`${bucketArn}/${prefix}/*`],
    },
    grantKeyThrough(keyArn, placement, 's3'),
  ];
}
