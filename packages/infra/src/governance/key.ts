import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, type Statement } from '../iam/statement.ts';
import { keyUserStatements, type KeyUser } from './key-users.ts';

export interface KeyArgs {
  placement: Placement;
  description: string;
  /** Services that may use the key by themselves. @default none */
  users?: readonly KeyUser[];
  /** Days between asking for deletion and losing everything encrypted under the key, 7 to 30. @default 30 */
  deletionWindowDays?: pulumi.Input<number>;
}

/** A customer-managed key: rotated every year, and usable only by this account's roles and the services named. */
export class Key extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: KeyArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:governance:Key', name, {}, opts);
    const key = new aws.kms.Key(
      name,
      {
        description: args.description,
        enableKeyRotation: true,
        deletionWindowInDays: args.deletionWindowDays ?? 30,
        policy: policyDocument(keyPolicy(args.placement, args.users ?? [])),
      },
      { parent: this },
    );
    new aws.kms.Alias(
      name,
      { name: `alias/${pulumi.getProject()}/${pulumi.getStack()}/${name}`, targetKeyId: key.keyId },
      { parent: this },
    );
    this.arn = key.arn;
    this.id = key.keyId;
    this.registerOutputs({ arn: this.arn });
  }

  /** Lets a role use the key, but only through the AWS services named, for example `dynamodb`. */
  grantUseThrough(placement: Placement, ...services: readonly string[]): Statement {
    return grantKeyThrough(this.arn, placement, ...services);
  }
}

/** As {@link Key.grantUseThrough}, for a key another stack owns. */
export function grantKeyThrough(
  keyArn: pulumi.Input<string>,
  placement: Placement,
  ...services: readonly string[]
): Statement {
  return {
    Sid: 'UseKeyThroughServices',
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: [keyArn],
    Condition: {
      StringEquals: { 'kms:ViaService': services.map((service) => `${service}.${placement.region}.amazonaws.com`) },
    },
  };
}

function keyPolicy(placement: Placement, users: readonly KeyUser[]): Statement[] {
  const { account, partition } = placement;
  const statements = keyUserStatements(placement);
  return [
    {
      // Without this statement a key whose last administrator leaves can never be changed again (KMS documentation).
      Sid: 'AccountAdministersThroughIam',
      Effect: 'Allow',
      Principal: { AWS: pulumi.interpolate`arn:${partition}:iam::${account}:root` },
      Action: ['kms:*'],
      Resource: '*',
    },
    ...users.map((user) => statements[user]),
  ];
}
