import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';

/**
 * Lets Auto Scaling start instances whose volumes are encrypted under a customer-managed key: its own role must be able to use the key
 * (EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes").
 */
export function letAutoScalingUse(
  keyArn: pulumi.Input<string>,
  name: string,
  { partition, account }: Placement,
  opts: pulumi.CustomResourceOptions,
): aws.kms.Grant {
  return new aws.kms.Grant(
    `${name}-volumes`,
    {
      keyId: keyArn,
      granteePrincipal: pulumi.interpolate`arn:${partition}:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
      operations: [
        'Encrypt',
        'Decrypt',
        'ReEncryptFrom',
        'ReEncryptTo',
        'GenerateDataKey',
        'GenerateDataKeyWithoutPlaintext',
        'DescribeKey',
        'CreateGrant',
      ],
    },
    opts,
  );
}
