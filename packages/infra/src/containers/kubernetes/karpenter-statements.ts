import * as pulumi from '@pulumi/pulumi';
import { JUSTIFIED } from '../../iam/justified-wildcards.ts';
import type { Placement } from '../../iam/placement.ts';
import type { Statement } from '../../iam/statement.ts';

export interface KarpenterRights {
  readonly placement: Placement;
  readonly clusterName: string;
  readonly clusterArn: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly nodeRoleArn: pulumi.Input<string>;
  readonly instanceProfileArn: pulumi.Input<string>;
  readonly queueArn: pulumi.Input<string>;
  /** Customer-managed key the nodes' volumes are encrypted under. */
  readonly keyArn: pulumi.Input<string>;
}

/**
 * What Karpenter's controller may do: start and end nodes of this one cluster, in its subnets, under its security group and role, from
 * Amazon's images. Narrower than the policy of its own guide (karpenter.sh, "CloudFormation"), which also makes instance profiles, and takes
 * any subnet and any image: here the profile is ours, and named.
 */
export function karpenterStatements(rights: KarpenterRights): Statement[] {
  const { placement, clusterName, queueArn } = rights;
  const { partition, region, account } = placement;
  const ec2 = (kind: string) => pulumi.interpolate`arn:${partition}:ec2:${region}:${account}:${kind}/*`;
  const amazons = (kind: string) => `arn:${partition}:ec2:${region}::${kind}/*`;
  const cluster = `kubernetes.io/cluster/${clusterName}`;
  const asked = { [`aws:RequestTag/${cluster}`]: 'owned', 'aws:RequestTag/eks:eks-cluster-name': clusterName };
  const owned = { [`aws:ResourceTag/${cluster}`]: 'owned' };
  const made = ['fleet', 'instance', 'volume', 'network-interface', 'launch-template', 'spot-instances-request'].map(
    ec2,
  );
  const start = ['ec2:RunInstances', 'ec2:CreateFleet'];
  return [
    {
      Sid: 'KarpenterStartsWhereTheClusterIs',
      Effect: 'Allow',
      Action: start,
      Resource: pulumi
        .all([rights.subnetIds, rights.securityGroupId, account])
        .apply(([subnets, group, id]) => [
          ...subnets.map((subnet) => `arn:${partition}:ec2:${region}:${id}:subnet/${subnet}`),
          `arn:${partition}:ec2:${region}:${id}:security-group/${group}`,
        ]),
    },
    {
      Sid: 'KarpenterStartsAmazonsImages',
      Effect: 'Allow',
      Action: start,
      Resource: [amazons('image'), amazons('snapshot')],
      Condition: { StringEquals: { 'ec2:Owner': 'amazon' } },
    },
    {
      Sid: 'KarpenterStartsFromItsTemplates',
      Effect: 'Allow',
      Action: start,
      Resource: [ec2('launch-template')],
      Condition: { StringEquals: owned },
    },
    {
      Sid: 'KarpenterStartsTagged',
      Effect: 'Allow',
      Action: [...start, 'ec2:CreateLaunchTemplate'],
      Resource: made,
      Condition: { StringEquals: asked },
    },
    {
      Sid: 'KarpenterTagsWhatItStarts',
      Effect: 'Allow',
      Action: ['ec2:CreateTags'],
      Resource: made,
      Condition: {
        StringEquals: { ...asked, 'ec2:CreateAction': ['RunInstances', 'CreateFleet', 'CreateLaunchTemplate'] },
      },
    },
    {
      Sid: 'KarpenterNamesItsNodes',
      Effect: 'Allow',
      Action: ['ec2:CreateTags'],
      Resource: [ec2('instance')],
      Condition: {
        StringEquals: owned,
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['eks:eks-cluster-name', 'karpenter.sh/nodeclaim', 'Name'] },
      },
    },
    {
      Sid: 'KarpenterEndsItsOwn',
      Effect: 'Allow',
      Action: ['ec2:TerminateInstances', 'ec2:DeleteLaunchTemplate'],
      Resource: [ec2('instance'), ec2('launch-template')],
      Condition: { StringEquals: owned },
    },
    JUSTIFIED.describeCapacity,
    {
      Sid: 'KarpenterReadsItsProfile',
      Effect: 'Allow',
      Action: ['iam:GetInstanceProfile'],
      Resource: [rights.instanceProfileArn],
    },
    {
      Sid: 'KarpenterFindsImages',
      Effect: 'Allow',
      Action: ['ssm:GetParameter'],
      Resource: [`arn:${partition}:ssm:${region}::parameter/aws/service/bottlerocket/*`],
    },
    {
      Sid: 'KarpenterGivesNodesTheirRole',
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: [rights.nodeRoleArn],
      Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    },
    {
      Sid: 'KarpenterHearsOfInterruptions',
      Effect: 'Allow',
      Action: ['sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage'],
      Resource: [queueArn],
    },
    {
      Sid: 'KarpenterFindsTheCluster',
      Effect: 'Allow',
      Action: ['eks:DescribeCluster'],
      Resource: [rights.clusterArn],
    },
    {
      Sid: 'KarpenterEncryptsVolumes',
      Effect: 'Allow',
      Action: [
        'kms:Decrypt',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
      Resource: [rights.keyArn],
      Condition: { StringEquals: { 'kms:ViaService': `ec2.${region}.amazonaws.com` } },
    },
    {
      Sid: 'KarpenterLetsVolumesBeRead',
      Effect: 'Allow',
      Action: ['kms:CreateGrant'],
      Resource: [rights.keyArn],
      Condition: {
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
        StringEquals: { 'kms:ViaService': `ec2.${region}.amazonaws.com` },
      },
    },
  ];
}
