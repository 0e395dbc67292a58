import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';

/**
 * What use-case stacks are made of, by IAM prefix, and the verbs beyond the usual ones that making it takes. A service that is not
 * here cannot be deployed: add it with the stack that needs it.
 */
const MADE: Readonly<Record<string, readonly string[]>> = {
  acm: ['Request*', 'Add*', 'Remove*'],
  apigateway: ['GET', 'POST', 'PUT', 'PATCH', 'SetWebACL'],
  'application-autoscaling': ['Register*', 'Deregister*'],
  autoscaling: ['Set*', 'Attach*', 'Detach*'],
  batch: ['Register*', 'Deregister*'],
  // Without CreateModelInvocationJob: a deployment calls no model, not even in bulk.
  bedrock: [
    ...['CreateAgent*', 'CreateDataSource', 'CreateFlow*', 'CreateGuardrail*', 'CreateInferenceProfile'],
    ...['CreateKnowledgeBase', 'CreateMarketplaceModelEndpoint', 'CreatePrompt*', 'CreateProvisionedModelThroughput'],
    ...['AssociateAgent*', 'DisassociateAgent*', 'PrepareAgent'],
  ],
  budgets: ['ViewBudget', 'ModifyBudget'],
  cloudwatch: ['Set*', 'Enable*'],
  'cognito-identity': ['Set*'],
  'cognito-idp': ['Set*'],
  dynamodb: [],
  ec2: [
    ...['Allocate*', 'Associate*', 'Attach*', 'Authorize*', 'Detach*', 'Disassociate*', 'Modify*', 'Release*'],
    ...['Replace*', 'Revoke*'],
  ],
  ecr: ['Set*', 'Start*', 'BatchCheckLayerAvailability'],
  ecs: ['Register*', 'Deregister*'],
  eks: ['Associate*', 'Disassociate*', 'AccessKubernetesApi'],
  elasticloadbalancing: ['Add*', 'Modify*', 'Register*', 'Deregister*', 'Remove*', 'Set*'],
  events: ['Enable*', 'Disable*', 'Remove*'],
  lambda: ['Add*', 'Remove*', 'Publish*'],
  logs: ['Associate*'],
  rds: ['Add*', 'Modify*', 'Remove*'],
  route53: ['Change*'],
  s3: [],
  s3vectors: [],
  sagemaker: ['Add*', 'Register*', 'Stop*'],
  scheduler: [],
  secretsmanager: [],
  sns: ['Set*', 'Subscribe', 'Unsubscribe'],
  sqs: ['Set*'],
  ssm: ['Add*', 'Remove*'],
  states: ['Publish*', 'Validate*'],
  wafv2: ['Associate*', 'Disassociate*'],
  xray: [],
};

const USUAL = ['Create*', 'Delete*', 'Describe*', 'Get*', 'List*', 'Put*', 'Tag*', 'Untag*', 'Update*'];
/** Services whose usual verbs are others: API Gateway's are HTTP's own, and Bedrock's `Create*` would call models. */
const UNUSUAL: Readonly<Record<string, readonly string[]>> = {
  apigateway: ['DELETE', 'TagResource', 'UntagResource'],
  bedrock: USUAL.filter((verb) => verb !== 'Create*'),
};
const KEYS = [
  ...['CreateKey', 'CreateAlias', 'UpdateAlias', 'DeleteAlias', 'PutKeyPolicy', 'DescribeKey', 'GetKeyPolicy'],
  ...['GetKeyRotationStatus', 'EnableKeyRotation', 'UpdateKeyDescription', 'TagResource', 'UntagResource'],
  ...['ListResourceTags', 'ListAliases', 'ScheduleKeyDeletion', 'CancelKeyDeletion'],
].map((verb) => `kms:${verb}`);

/** Longest managed policy AWS takes, characters. */
export const MANAGED_POLICY_CHARACTERS = 6144;

/**
 * The making of stacks, as documents each small enough for one managed policy. What is being made has no name yet, so resources are
 * every resource; the limits are the list of services, the Regions, and what `deployRefusals` takes away again.
 */
export function deployDocuments(regions: readonly string[]): Statement[][] {
  const actions = Object.entries(MADE).flatMap(([service, verbs]) => verbsOf(service, verbs));
  // Budgets and Route 53 answer from us-east-1 whatever the stack's Region.
  const inRegions = { StringEquals: { 'aws:RequestedRegion': [...new Set([...regions, 'us-east-1'])] } };
  const make = (Action: string[]): Statement => ({
    Sid: 'MakeStacks',
    Effect: 'Allow',
    Action,
    Resource: '*',
    Condition: inRegions,
  });
  const half = Math.ceil(actions.length / 2);
  return [
    [make(actions.slice(0, half))],
    [make(actions.slice(half))],
    [
      make(KEYS),
      {
        Sid: 'UseKeysThroughServices',
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:CreateGrant'],
        Resource: '*',
        // Lambda, S3 and others encrypt what is being deployed in the deployer's name; nobody decrypts with this directly.
        Condition: { ...inRegions, Null: { 'kms:ViaService': 'false' } },
      },
    ],
  ];
}

/** Lets a deployment call what brings a schema up to date, by the name stacks give it. No other function is a deployment's to call. */
export function mayRunMigrations({ account, partition }: Placement, regions: readonly string[]): Statement {
  return {
    Sid: 'RunMigrations',
    Effect: 'Allow',
    Action: ['lambda:InvokeFunction'],
    Resource: regions.map(
      (region) => pulumi.interpolate`arn:${partition}:lambda:${region}:${account}:function:migrate-*`,
    ),
  };
}

function verbsOf(service: string, verbs: readonly string[]): string[] {
  return [...(UNUSUAL[service] ?? USUAL), ...verbs].map((verb) => `${service}:${verb}`);
}
