import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT, TOPIC_ARN } from '../testing/fixtures.ts';
import { only, registered, statementsOf, valueOf } from '../testing/index.ts';
import { AlertTopic } from './alert-topic.ts';
import { ChatAlarms } from './chat-alarms.ts';
import { ChatDashboard } from './chat-dashboard.ts';
import type { ChatMetrics } from './chat-metrics.ts';
import { LogGroup } from './log-group.ts';

const METRICS: ChatMetrics = {
  functionName: 'chat',
  apiName: 'chat-api',
  stageName: 'live',
  guardrailArn: 'arn:guardrail',
  guardrailVersion: '3',
};

describe('ChatAlarms', () => {
  const alarms = () =>
    registered(() => new ChatAlarms('chat', { metrics: METRICS, topicArn: TOPIC_ARN, tokensPerHour: 1000 }));

  it('watches throttles, tokens, guardrail blocks and errors, and tells the topic of start and end', async () => {
    const made = (await alarms()).filter(({ type }) => type.endsWith(':MetricAlarm'));
    expect(made.map(({ name }) => name).sort()).toEqual([
      'chat-front-errors',
      'chat-function-errors',
      'chat-function-throttles',
      'chat-guardrail-blocks',
      'chat-model-errors',
      'chat-model-throttles',
      'chat-tokens',
    ]);
    for (const { inputs } of made)
      expect(inputs).toMatchObject({
        alarmActions: [TOPIC_ARN],
        okActions: [TOPIC_ARN],
        treatMissingData: 'notBreaching',
      });
  });

  it('adds up tokens read and written', async () => {
    const { inputs } = only(await alarms(), 'aws:cloudwatch/metricAlarm:MetricAlarm', 'chat-tokens');
    expect(inputs['threshold']).toBe(1000);
    expect(JSON.stringify(inputs['metricQueries'])).toMatch(/InputTokenCount.*OutputTokenCount.*SUM\(METRICS\(\)\)/);
  });

  it('watches the pinned version of the guardrail', async () => {
    const { inputs } = only(await alarms(), 'aws:cloudwatch/metricAlarm:MetricAlarm', 'chat-guardrail-blocks');
    expect(inputs).toMatchObject({
      namespace: 'AWS/Bedrock/Guardrails',
      metricName: 'InvocationsIntervened',
      dimensions: { GuardrailArn: 'arn:guardrail', GuardrailVersion: '3' },
    });
  });
});

describe('ChatDashboard', () => {
  it('shows alarms on top and eight graphs that do not overlap', async () => {
    const resources = await registered(
      () => new ChatDashboard('chat', { region: 'us-east-1', metrics: METRICS, alarmArns: ['arn:alarm'] }),
    );
    const body = String(only(resources, 'aws:cloudwatch/dashboard:Dashboard').inputs['dashboardBody']);
    const { widgets } = JSON.parse(body) as { widgets: { type: string; x: number; y: number }[] };
    expect(widgets.map(({ type }) => type)).toEqual(['alarm', ...Array<string>(8).fill('metric')]);
    expect(new Set(widgets.map(({ x, y }) => `${x},${y}`)).size).toBe(9);
  });
});

describe('LogGroup', () => {
  it('is encrypted, forgets after a year, and grants writing to its own streams', async () => {
    await registered(async () => {
      const group = new LogGroup('logs', { name: '/plinth/test', keyArn: KEY_ARN });
      const { Resource } = await valueOf(group.grantWrite());
      expect(Resource).toEqual([expect.stringMatching(/logs-id:log-stream:\*$/)]);
    }).then((resources) =>
      expect(only(resources, 'aws:cloudwatch/logGroup:LogGroup').inputs).toMatchObject({
        kmsKeyId: KEY_ARN,
        retentionInDays: 365,
      }),
    );
  });
});

describe('AlertTopic', () => {
  it('is encrypted, and takes messages from alarms and budgets of this account alone', async () => {
    const resources = await registered(
      () => new AlertTopic('alerts', { placement: PLACEMENT, keyArn: KEY_ARN, emails: ['a@example.com'] }),
    );
    expect(only(resources, 'aws:sns/topic:Topic').inputs['kmsMasterKeyId']).toBe(KEY_ARN);
    const [publish] = statementsOf(resources);
    expect(publish?.Condition).toEqual({ StringEquals: { 'aws:SourceAccount': PLACEMENT.account } });
  });
});
