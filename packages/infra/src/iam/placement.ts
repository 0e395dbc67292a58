import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';

/** Where a stack lands. Region and partition are known while planning; the account is known once AWS is asked. */
export interface Placement {
  readonly region: string;
  readonly partition: 'aws' | 'aws-cn' | 'aws-us-gov';
  readonly account: pulumi.Input<string>;
}

/** Placement of this stack, from its region; the account is the one the credentials belong to. */
export function placementIn(region: string, opts?: pulumi.InvokeOutputOptions): Placement {
  return {
    region,
    partition: partitionOf(region),
    account: aws.getCallerIdentityOutput({}, opts).accountId,
  };
}

function partitionOf(region: string): Placement['partition'] {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
