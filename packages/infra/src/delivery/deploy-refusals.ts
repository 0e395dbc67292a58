import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';

/** Path of the roles and policies that delivery itself stands on, in which a deploy role changes nothing. */
export const DELIVERY_PATH = '/plinth-delivery/';

/** What no deployment does, whatever else it may: reach the guards of the account, or the records of what it did. */
export function deployRefusals(
  { account, partition }: Placement,
  protectedArns: readonly pulumi.Input<string>[],
): Statement[] {
  const iam = pulumi.interpolate`arn:${partition}:iam::${account}`;
  return [
    {
      Sid: 'NotDeliveryItself',
      Effect: 'Deny',
      Action: ['iam:*'],
      Resource: [pulumi.interpolate`${iam}:role${DELIVERY_PATH}*`, pulumi.interpolate`${iam}:policy${DELIVERY_PATH}*`],
    },
    {
      Sid: 'NotTheBoundaryNorPeople',
      Effect: 'Deny',
      Action: [
        ...['iam:DeleteRolePermissionsBoundary', 'iam:CreateUser', 'iam:CreateAccessKey', 'iam:CreateLoginProfile'],
        ...['iam:CreateOpenIDConnectProvider', 'iam:UpdateOpenIDConnectProviderThumbprint', 'iam:CreateSAMLProvider'],
      ],
      Resource: '*',
    },
    {
      Sid: 'NotTheRecords',
      Effect: 'Deny',
      Action: [
        ...[
          'cloudtrail:StopLogging',
          'cloudtrail:DeleteTrail',
          'cloudtrail:UpdateTrail',
          'cloudtrail:PutEventSelectors',
        ],
        ...['bedrock:DeleteModelInvocationLoggingConfiguration', 'bedrock:PutModelInvocationLoggingConfiguration'],
        ...['s3:BypassGovernanceRetention', 's3:PutBucketObjectLockConfiguration'],
      ],
      Resource: '*',
    },
    ...(protectedArns.length === 0
      ? []
      : [
          {
            Sid: 'NotWhatTheFoundationKeeps',
            Effect: 'Deny' as const,
            Action: [
              ...[
                's3:Delete*',
                's3:Put*',
                's3:GetObject*',
                'kms:ScheduleKeyDeletion',
                'kms:DisableKey',
                'kms:PutKeyPolicy',
              ],
              ...['logs:Delete*', 'logs:PutRetentionPolicy'],
            ],
            Resource: protectedArns.flatMap((arn) => [arn, pulumi.interpolate`${arn}/*`]),
          },
        ]),
  ];
}
