import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust } from '../iam/statement.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';

interface FlowLogsArgs {
  readonly placement: Placement;
  readonly vpcId: pulumi.Input<string>;
  readonly logGroupName: pulumi.Input<string>;
  readonly logKeyArn: pulumi.Input<string>;
  readonly logRetentionDays?: RetentionDays;
}

/** Records who spoke to whom in a VPC, refused traffic included: addresses, ports and sizes, never what was said. */
export function flowLogs(name: string, args: FlowLogsArgs, opts: pulumi.CustomResourceOptions): aws.ec2.FlowLog {
  const logs = new LogGroup(
    `${name}-flow`,
    { name: args.logGroupName, keyArn: args.logKeyArn, retentionDays: args.logRetentionDays },
    opts,
  );
  const role = new aws.iam.Role(
    `${name}-flow`,
    {
      description: `Writes the flow logs of ${name}.`,
      assumeRolePolicy: serviceTrust('vpc-flow-logs.amazonaws.com', args.placement.account),
    },
    opts,
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-flow`,
    {
      role: role.name,
      policy: policyDocument([
        logs.grantWrite(),
        {
          Sid: 'FindStreams',
          Effect: 'Allow',
          Action: ['logs:DescribeLogStreams'],
          Resource: [pulumi.interpolate`${logs.arn}:log-stream:*`],
        },
      ]),
    },
    opts,
  );
  return new aws.ec2.FlowLog(
    name,
    {
      vpcId: args.vpcId,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logDestination: logs.arn,
      iamRoleArn: role.arn,
      // A minute rather than ten, at the same price for each record: long enough to wait for in an incident.
      maxAggregationInterval: 60,
    },
    { ...opts, dependsOn: policy },
  );
}
