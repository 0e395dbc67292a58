import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Statement } from '../iam/statement.ts';

/** Retention periods CloudWatch Logs accepts, in days. */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;
export type RetentionDays = (typeof RETENTION_DAYS)[number];

export interface LogGroupArgs {
  /** Physical name, for example `/plinth/dev/chat`. */
  name: pulumi.Input<string>;
  /** Customer-managed key whose policy lets CloudWatch Logs use it. */
  keyArn: pulumi.Input<string>;
  /** @default 365 */
  retentionDays?: RetentionDays;
}

/** An encrypted log group that forgets on time. */
export class LogGroup extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: LogGroupArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:observability:LogGroup', name, {}, opts);
    const group = new aws.cloudwatch.LogGroup(
      name,
      { name: args.name, kmsKeyId: args.keyArn, retentionInDays: args.retentionDays ?? 365 },
      { parent: this },
    );
    this.arn = group.arn;
    this.logGroupName = group.name;
    this.registerOutputs({ arn: this.arn });
  }

  /** Lets a role write to this group's streams, and to no other group. */
  grantWrite(): Statement {
    return {
      Sid: 'WriteLogs',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      // Streams are named by the writer, so the statement ends in the group's own name.
      Resource: [pulumi.interpolate`${this.arn}:log-stream:*`],
    };
  }
}
