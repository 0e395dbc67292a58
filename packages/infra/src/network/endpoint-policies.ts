import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import { serviceRules, type EndpointServiceName } from './endpoint-services.ts';

/** Services reached through route tables, free of charge. */
export type GatewayService = 's3' | 'dynamodb';

const GATEWAY_ACTIONS: Readonly<Record<GatewayService, readonly string[]>> = {
  s3: [
    's3:ListBucket',
    's3:GetBucketLocation',
    's3:GetObject',
    's3:GetObjectVersion',
    's3:GetObjectTagging',
    's3:GetObjectAttributes',
    's3:PutObject',
    's3:PutObjectTagging',
    's3:DeleteObject',
    's3:AbortMultipartUpload',
    's3:ListMultipartUploadParts',
    's3:ListBucketMultipartUploads',
  ],
  dynamodb: [
    'dynamodb:GetItem',
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    'dynamodb:Scan',
    'dynamodb:ConditionCheckItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:DescribeTable',
  ],
};

const ANYBODY = { AWS: '*' };

/**
 * What passes an interface endpoint: the calls the platform makes, with credentials of this account. Credentials of another account,
 * brought along to carry data out, get nowhere.
 */
export function interfacePolicy(
  placement: Placement,
  service: EndpointServiceName,
  more: readonly string[] = [],
): Statement[] {
  const { partition, region, account } = placement;
  const { actions, ownResources } = serviceRules(service);
  if (service === 'execute-api')
    return [
      {
        Sid: 'OwnApis',
        Effect: 'Allow',
        Principal: ANYBODY,
        Action: [...actions, ...more],
        Resource: [pulumi.interpolate`arn:${partition}:execute-api:${region}:${account}:*`],
      },
    ];
  const own: Statement = {
    Sid: 'OwnAccount',
    Effect: 'Allow',
    Principal: ANYBODY,
    Action: [...actions, ...more],
    Resource: '*',
    Condition: {
      StringEquals: {
        'aws:PrincipalAccount': account,
        ...(ownResources === true && { 'aws:ResourceAccount': account }),
      },
    },
  };
  if (service !== 'sts') return [own];
  return [
    own,
    {
      // A pod shows a token, not credentials, so it belongs to no account yet: the role it asks for does.
      Sid: 'OwnRolesByToken',
      Effect: 'Allow',
      Principal: ANYBODY,
      Action: ['sts:AssumeRoleWithWebIdentity'],
      Resource: [pulumi.interpolate`arn:${partition}:iam::${account}:role/*`],
    },
  ];
}

/** What passes a gateway endpoint: this account's credentials to this account's buckets or tables, and reading of what is named beside. */
export function gatewayPolicy(
  placement: Placement,
  service: GatewayService,
  readableBuckets: readonly string[],
): Statement[] {
  const own: Statement = {
    Sid: 'OwnAccount',
    Effect: 'Allow',
    Principal: ANYBODY,
    Action: GATEWAY_ACTIONS[service],
    Resource: '*',
    Condition: {
      StringEquals: { 'aws:PrincipalAccount': placement.account, 'aws:ResourceAccount': placement.account },
    },
  };
  if (service !== 's3' || readableBuckets.length === 0) return [own];
  return [
    own,
    {
      // ECR hands out signed addresses, so whose credentials they carry cannot be asked here: the buckets are named.
      Sid: 'ReadNamedBuckets',
      Effect: 'Allow',
      Principal: ANYBODY,
      Action: ['s3:GetObject'],
      Resource: readableBuckets.map((bucket) => `arn:${placement.partition}:s3:::${bucket}/*`),
    },
  ];
}

/** Where ECR keeps the layers of images in a Region (ECR user guide, interface VPC endpoints). */
export function imageLayerBucket({ region }: Placement): string {
  return `prod-${region}-starport-layer-bucket`;
}
