import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';

/** What neither previews nor deployments read, however wide a policy somebody attaches: what people wrote. Nor do they call a model. */
export const NO_CONTENTS: Statement = {
  Sid: 'NoContents',
  Effect: 'Deny',
  Action: [
    ...['bedrock:Invoke*', 'bedrock:Retrieve*', 'sagemaker:Invoke*', 'dynamodb:GetItem', 'dynamodb:BatchGetItem'],
    ...['dynamodb:Query', 'dynamodb:Scan', 'logs:GetLogEvents', 'logs:FilterLogEvents', 'logs:StartQuery'],
    ...['rds-data:ExecuteStatement', 'sqs:ReceiveMessage'],
  ],
  Resource: '*',
};

/** A deployment reads back the secrets it writes; a preview has no such need. */
export const NO_SECRETS: Statement = {
  Sid: 'NoSecrets',
  Effect: 'Deny',
  Action: ['secretsmanager:GetSecretValue'],
  Resource: '*',
};

/** Lets a program look up what AWS publishes for everybody, such as the newest machine image. */
export function mayReadPublicParameters({ partition }: Placement, regions: readonly string[]): Statement {
  return {
    Sid: 'ReadPublicParameters',
    Effect: 'Allow',
    Action: ['ssm:GetParameter', 'ssm:GetParameters'],
    Resource: regions.map((region) => pulumi.interpolate`arn:${partition}:ssm:${region}::parameter/aws/service/*`),
  };
}
