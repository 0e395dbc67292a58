import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, type Statement } from '../iam/statement.ts';

export interface SigningKeyArgs {
  placement: Placement;
  description: string;
  /** Days between asking for deletion and losing the key, 7 to 30. @default 30 */
  deletionWindowDays?: number;
}

/**
 * An Ed25519 key whose private half never leaves KMS. Who checks signatures needs the public half alone, and no link to AWS.
 * A signed message has 4096 bytes at most: sign a manifest that names digests, not what they are of.
 * AWS rotates no asymmetric key: a new one is a new component, whose public half is handed out before the old one goes.
 */
export class SigningKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** SPKI, in PEM. */
  readonly publicKeyPem: pulumi.Output<string>;

  constructor(name: string, args: SigningKeyArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:governance:SigningKey', name, {}, opts);
    const { account, partition } = args.placement;
    const key = new aws.kms.Key(
      name,
      {
        description: args.description,
        keyUsage: 'SIGN_VERIFY',
        customerMasterKeySpec: 'ECC_NIST_EDWARDS25519',
        deletionWindowInDays: args.deletionWindowDays ?? 30,
        policy: policyDocument([
          {
            Sid: 'AccountAdministersThroughIam',
            Effect: 'Allow',
            Principal: { AWS: pulumi.interpolate`arn:${partition}:iam::${account}:root` },
            Action: ['kms:*'],
            Resource: '*',
          },
        ]),
      },
      { parent: this },
    );
    new aws.kms.Alias(
      name,
      { name: `alias/${pulumi.getProject()}/${pulumi.getStack()}/${name}`, targetKeyId: key.keyId },
      { parent: this },
    );
    this.arn = key.arn;
    this.publicKeyPem = aws.kms.getPublicKeyOutput({ keyId: key.arn }, { parent: this }).publicKeyPem;
    this.registerOutputs({ arn: this.arn, publicKeyPem: this.publicKeyPem });
  }

  /** Lets a role sign with the key, in plain Ed25519 and in no other way. */
  grantSign(): Statement {
    return {
      Sid: 'Sign',
      Effect: 'Allow',
      Action: ['kms:Sign'],
      Resource: [this.arn],
      Condition: { StringEquals: { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' } },
    };
  }
}
