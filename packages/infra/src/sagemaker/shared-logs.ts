import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';

/**
 * Lets a role write to the one log group that all SageMaker jobs of a kind in an account share. SageMaker makes it; the foundation may
 * have made it before, encrypted.
 */
export function grantSharedLogs(
  { partition, region, account }: Placement,
  kind: 'TransformJobs' | 'ProcessingJobs',
): Statement {
  return {
    Sid: 'WriteJobLogs',
    Effect: 'Allow',
    Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [
      pulumi.interpolate`arn:${partition}:logs:${region}:${account}:log-group:/aws/sagemaker/${kind}:log-stream:*`,
    ],
  };
}
