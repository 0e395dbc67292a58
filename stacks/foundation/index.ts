import {
  AlertTopic,
  Budget,
  GatewayAccount,
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

// The key that data, logs and environments of every stack are encrypted under.
const dataKey = new Key(
  'data',
  {
    placement,
    description: 'Data, logs and environments of the platform.',
    users: ['logs', 'bedrock-logging', 'alarm-topics'],
    deletionWindowDays: disposable ? 7 : 30,
  },
  below,
);

// Who hears of trouble, and of money.
const alerts = new AlertTopic('alerts', { placement, keyArn: dataKey.arn, emails: config.alertEmails }, below);
new Budget('account', { monthlyUsd: config.monthlyBudgetUsd, topicArn: alerts.arn }, below);

// What AWS keeps once per account and Region.
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
if (config.ownsRegion) new GatewayAccount('gateway', { placement }, below);

const outputs: FoundationOutputs = { dataKeyArn: dataKey.arn, alertTopicArn: alerts.arn };
export const { dataKeyArn, alertTopicArn } = outputs;
export const invocationLogGroup = invocations?.logGroupName ?? null;
export const invocationBucket = invocations?.bucketName ?? null;
