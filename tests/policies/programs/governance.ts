import * as aws from '@pulumi/aws';
import { program } from '../program.ts';

const TAGS = { owner: 'chat-team', environment: 'production', 'cost-center': '42', 'data-class': 'internal' };

export const programs = [
  program('a key that never rotates', ['kms-key-rotation'], (sound) => {
    new aws.kms.Key('data', { enableKeyRotation: sound });
  }),
  program('logs in the clear, for ever', ['cloudwatch-log-group-protected'], (sound) => {
    const key = new aws.kms.Key('logs', {});
    new aws.cloudwatch.LogGroup('chat', sound ? { kmsKeyId: key.arn, retentionInDays: 30 } : {});
  }),
  program('a model nobody watches', ['cloudwatch-model-alarms'], (sound) => {
    new aws.bedrock.InferenceProfile('chat', { modelSource: { copyFrom: 'amazon.nova-lite-v1:0' } });
    for (const metricName of [
      'InvocationThrottles',
      'OutputTokenCount',
      'InvocationsIntervened',
      'InvocationServerErrors',
    ])
      if (sound)
        new aws.cloudwatch.MetricAlarm(metricName, {
          metricName,
          namespace: 'AWS/Bedrock',
          comparisonOperator: 'GreaterThanThreshold',
          evaluationPeriods: 1,
          threshold: 1,
          period: 60,
          statistic: 'Sum',
        });
  }),
  program('a budget that tells nobody', ['budgets-budget-per-stack'], (sound) => {
    const told = {
      comparisonOperator: 'GREATER_THAN',
      notificationType: 'ACTUAL',
      threshold: 80,
      thresholdType: 'PERCENTAGE',
      subscriberEmailAddresses: ['ops@example.com'],
    };
    new aws.budgets.Budget('month', {
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      ...(sound && { notifications: [told] }),
    });
  }),
  program('a table without an owner', ['tags-required'], (sound) => {
    const { owner: _, ...others } = TAGS;
    new aws.dynamodb.Table('records', { attributes: [], tags: sound ? TAGS : others });
  }),
  program('restricted data behind a public API', ['tags-restricted-data-network'], (sound) => {
    new aws.dynamodb.Table('records', { attributes: [], tags: { ...TAGS, 'data-class': 'restricted' } });
    new aws.apigateway.RestApi('front', { endpointConfiguration: { types: sound ? 'PRIVATE' : 'REGIONAL' } });
  }),
];
