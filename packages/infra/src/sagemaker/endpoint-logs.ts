import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { policyDocument, type Statement } from '../iam/statement.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';

export interface EndpointLogsArgs {
  /** Customer-managed key whose policy lets CloudWatch Logs use it. */
  logKeyArn: pulumi.Input<string>;
  /** @default 365 */
  logRetentionDays?: RetentionDays;
}

/** What is made for a container before it starts: the log group it writes to, and the right to write there. */
export interface ServiceLogs {
  readonly group: LogGroup;
  readonly policies: readonly aws.iam.RolePolicy[];
}

/**
 * SageMaker names the log group after what runs, `Endpoints/<name>` for example. Made beforehand, it is encrypted and forgets on time;
 * made by SageMaker, it would do neither. The roles also get the statements given.
 */
export function serviceLogs(
  name: string,
  groupName: string,
  roles: readonly pulumi.Input<string>[],
  args: EndpointLogsArgs & { statements?: readonly Statement[] },
  opts: pulumi.CustomResourceOptions,
): ServiceLogs {
  const group = new LogGroup(
    name,
    { name: `/aws/sagemaker/${groupName}`, keyArn: args.logKeyArn, retentionDays: args.logRetentionDays },
    opts,
  );
  const policy = policyDocument([group.grantWrite(), ...(args.statements ?? [])]);
  const policies = roles.map(
    (role, index) => new aws.iam.RolePolicy(index === 0 ? name : `${name}-${index}`, { role, policy }, opts),
  );
  return { group, policies };
}
