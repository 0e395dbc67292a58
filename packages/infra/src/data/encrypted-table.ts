import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';

export interface TableArgs {
  /** Customer-managed key the table is encrypted under. */
  keyArn: pulumi.Input<string>;
  /** Refuse to delete the table. Turn off where data may be thrown away, as in dev. @default true */
  deletionProtection?: boolean;
  /** Days back that the table can be restored to, 1 to 35. @default 35 */
  recoveryDays?: number;
}

/**
 * The one shape of every table: string keys `pk` and `sk`, on demand, encrypted, restorable to any second.
 * With `expires`, DynamoDB deletes items whose `expiresAt` (seconds since the epoch) has passed.
 */
export function encryptedTable(
  name: string,
  args: TableArgs,
  expires: boolean,
  opts: pulumi.CustomResourceOptions,
): aws.dynamodb.Table {
  return new aws.dynamodb.Table(
    name,
    {
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'pk',
      rangeKey: 'sk',
      attributes: [
        { name: 'pk', type: 'S' },
        { name: 'sk', type: 'S' },
      ],
      serverSideEncryption: { enabled: true, kmsKeyArn: args.keyArn },
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: args.recoveryDays ?? 35 },
      deletionProtectionEnabled: args.deletionProtection ?? true,
      ttl: expires ? { enabled: true, attributeName: 'expiresAt' } : undefined,
    },
    opts,
  );
}
