import * as pulumi from '@pulumi/pulumi';
import type { Statement } from '../iam/statement.ts';

/** Where Pulumi keeps the state of stacks, and what its secrets are encrypted under. */
export type StateAccess =
  | {
      readonly kind: 's3';
      readonly bucketArn: pulumi.Input<string>;
      /** Key of the bucket, and of `awskms://` secrets. */
      readonly keyArn: pulumi.Input<string>;
    }
  /** State and secrets are Pulumi Cloud's; AWS is not asked. */
  | { readonly kind: 'pulumi-cloud' };

/** What a preview needs of the state: to read it. */
export function mayReadState(state: StateAccess): Statement[] {
  if (state.kind === 'pulumi-cloud') return [];
  return [
    { Sid: 'ListState', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [state.bucketArn] },
    {
      Sid: 'ReadState',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [pulumi.interpolate`${state.bucketArn}/*`],
    },
    { Sid: 'OpenState', Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [state.keyArn] },
  ];
}

/** What an update needs of the state: to read it, lock it, and write it. */
export function mayWriteState(state: StateAccess): Statement[] {
  if (state.kind === 'pulumi-cloud') return [];
  return [
    ...mayReadState(state),
    {
      Sid: 'WriteState',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:DeleteObject'],
      Resource: [pulumi.interpolate`${state.bucketArn}/*`],
    },
    { Sid: 'SealState', Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Encrypt'], Resource: [state.keyArn] },
  ];
}
