import type * as pulumi from '@pulumi/pulumi';
import type { Statement } from './statement.ts';

/** Lets a role hand another role to one AWS service, and to nobody else. */
export function grantPass(roleArn: pulumi.Input<string>, service: string): Statement {
  return {
    Sid: 'PassRole',
    Effect: 'Allow',
    Action: ['iam:PassRole'],
    Resource: [roleArn],
    Condition: { StringEquals: { 'iam:PassedToService': service } },
  };
}
