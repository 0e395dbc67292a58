import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import { WORKLOAD_PATH } from './boundary.ts';

/** Services a deployed stack may hand a role to. */
const ROLE_TAKERS = [
  ...[
    'apigateway',
    'application-autoscaling',
    'batch',
    'bedrock',
    'cognito-identity',
    'ec2',
    'ecs',
    'ecs-tasks',
    'eks',
  ],
  ...['events', 'lambda', 'monitoring.rds', 'pods.eks', 'rds', 'sagemaker', 'scheduler', 'states', 'vpc-flow-logs'],
].map((service) => `${service}.amazonaws.com`);

/**
 * Roles for the stacks, under one path and within the boundary. Without that condition, whoever may write a role's policy may do
 * everything: they would write themselves a role that can.
 */
export function mayMakeRoles({ account, partition }: Placement, boundaryArn: pulumi.Input<string>): Statement[] {
  const iam = pulumi.interpolate`arn:${partition}:iam::${account}`;
  const roles = [pulumi.interpolate`${iam}:role${WORKLOAD_PATH}*`];
  return [
    {
      Sid: 'MakeRolesWithinTheBoundary',
      Effect: 'Allow',
      Action: [
        ...['CreateRole', 'PutRolePolicy', 'DeleteRolePolicy', 'AttachRolePolicy', 'DetachRolePolicy'],
        'PutRolePermissionsBoundary',
      ].map((verb) => `iam:${verb}`),
      Resource: roles,
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundaryArn } },
    },
    {
      Sid: 'KeepRoles',
      Effect: 'Allow',
      Action: [
        ...['GetRole', 'GetRolePolicy', 'ListRolePolicies', 'ListAttachedRolePolicies', 'ListInstanceProfilesForRole'],
        ...['TagRole', 'UntagRole', 'UpdateRole', 'UpdateAssumeRolePolicy', 'DeleteRole'],
      ].map((verb) => `iam:${verb}`),
      Resource: roles,
    },
    {
      Sid: 'KeepInstanceProfiles',
      Effect: 'Allow',
      Action: [
        ...['CreateInstanceProfile', 'DeleteInstanceProfile', 'GetInstanceProfile', 'TagInstanceProfile'],
        ...['AddRoleToInstanceProfile', 'RemoveRoleFromInstanceProfile'],
      ].map((verb) => `iam:${verb}`),
      Resource: [pulumi.interpolate`${iam}:instance-profile${WORKLOAD_PATH}*`],
    },
    {
      Sid: 'HandRolesOn',
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: roles,
      Condition: { StringEquals: { 'iam:PassedToService': ROLE_TAKERS } },
    },
  ];
}
