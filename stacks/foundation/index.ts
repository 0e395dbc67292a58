import {
  AlertTopic,
  AnomalyAlert,
  AuditTrail,
  Budget,
  GatewayAccount,
  GitHubRoles,
  ImageRepository,
  InvocationLogging,
  Key,
  PlatformStack,
  placementIn,
  readStackConfig,
  type FoundationOutputs,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { FoundationConfig } from './config.ts';

const config = readStackConfig(FoundationConfig);
const placement = placementIn(config.region);
const stack = new PlatformStack('foundation', config.tags);
const below = { parent: stack };
const disposable = config.tags.environment === 'dev';
const deletionWindowDays = disposable ? 7 : 30;

// 1. Keys: one that data, logs and environments of every stack are encrypted under, and one of the auditors' own.
const dataKey = new Key(
  'data',
  {
    placement,
    description: 'Data, logs and environments of the platform.',
    users: ['logs', 'log-delivery', 'bedrock-logging', 'alarm-topics', 'messages', 's3-vectors'],
    deletionWindowDays,
  },
  below,
);
const auditKey = new Key(
  'audit',
  {
    placement,
    description: 'Records of what was done to the account.',
    users: ['logs', 'audit-trail'],
    deletionWindowDays,
  },
  below,
);

// 2. Who hears of trouble, and of money.
const alerts = new AlertTopic('alerts', { placement, keyArn: dataKey.arn, emails: config.alertEmails }, below);
new Budget('account', { monthlyUsd: config.monthlyBudgetUsd, topicArn: alerts.arn }, below);
if (config.ownsAccount)
  new AnomalyAlert('anomalies', { topicArn: alerts.arn, minimumUsd: config.anomalyMinimumUsd }, below);

// 3. What models were asked and answered, for this account and Region.
const invocations = config.ownsRegion
  ? new InvocationLogging(
      'invocations',
      {
        placement,
        logGroupName: `/plinth/${pulumi.getStack()}/model-invocations`,
        keyArn: dataKey.arn,
        retentionDays: config.logRetentionDays,
        forceDestroy: disposable,
      },
      below,
    )
  : undefined;
const invocationBuckets = invocations
  ? [pulumi.interpolate`arn:${placement.partition}:s3:::${invocations.bucketName}`]
  : [];

// 4. Who did what, in all Regions: locked. It also tells who read 3.
const trail = config.ownsAccount
  ? new AuditTrail(
      'trail',
      {
        placement,
        keyArn: auditKey.arn,
        lock: { mode: config.audit.mode, retentionDays: config.audit.lockedDays },
        expireAfterDays: config.audit.keptDays,
        logGroupName: `/plinth/${pulumi.getStack()}/audit-trail`,
        logRetentionDays: config.logRetentionDays,
        forceDestroy: disposable && config.audit.mode === 'governance',
      },
      below,
    )
  : undefined;

// 5. What stacks are made from: images, and API Gateway's right to write logs.
const repositories = config.imageRepositories.map((image) => ({
  image,
  repository: new ImageRepository(
    image,
    { repositoryName: `plinth/${image}`, keyArn: dataKey.arn, forceDelete: disposable },
    below,
  ),
}));
if (config.ownsRegion) new GatewayAccount('gateway', { placement }, below);

// 6. Who may deploy them.
const iam = pulumi.interpolate`arn:${placement.partition}:iam::${placement.account}`;
const roles = config.delivery
  ? new GitHubRoles(
      'github',
      {
        placement,
        repository: config.delivery.repository,
        environments: config.delivery.environments,
        state: config.delivery.state,
        workloadBoundaryArn: pulumi.interpolate`${iam}:policy/${config.delivery.workloadBoundary}`,
        providerArn: config.ownsAccount
          ? undefined
          : pulumi.interpolate`${iam}:oidc-provider/token.actions.githubusercontent.com`,
        protectedArns: [dataKey.arn, auditKey.arn, ...invocationBuckets, ...(trail ? [trail.bucket.arn] : [])],
      },
      below,
    )
  : undefined;

const outputs: FoundationOutputs = { dataKeyArn: dataKey.arn, alertTopicArn: alerts.arn };
export const { dataKeyArn, alertTopicArn } = outputs;
export const auditKeyArn = auditKey.arn;
export const auditTrailArn = trail?.arn ?? null;
export const auditBucket = trail?.bucket.bucketName ?? null;
export const invocationLogGroup = invocations?.logGroupName ?? null;
export const invocationBucket = invocations?.bucketName ?? null;
export const imageRepositories = Object.fromEntries(
  repositories.map(({ image, repository }) => [image, repository.url] as const),
);
export const previewRoleArn = roles?.previewRoleArn ?? null;
export const deployRoleArn = roles?.deployRoleArn ?? null;
