import { ANSWER_METRICS, RAG_NAMESPACE } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT, TOPIC_ARN } from '../testing/fixtures.ts';
import { only, registered, statementsOf, valueOf } from '../testing/index.ts';
import { Alarms } from './alarms.ts';
import { AlertTopic } from './alert-topic.ts';
import { ChatAlarms } from './chat-alarms.ts';
import { ChatDashboard } from './chat-dashboard.ts';
import type { ChatMetrics } from './chat-metrics.ts';
import { Dashboard } from './dashboard.ts';
import { LogGroup } from './log-group.ts';
import { Tracing } from './tracing.ts';
import { watchAnswers } from './watch-answers.ts';
import { watchContainers, watchTargets } from './watch-containers.ts';
import { watchEndpoint } from './watch-endpoint.ts';
import { watchFunction } from './watch-front.ts';
import { watchService } from './watch-model.ts';
import { watchQueue } from './watch-work.ts';
import type { Watch } from './watch.ts';

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
  it('shows alarms on top and nine graphs that do not overlap', async () => {
    const resources = await registered(
      () => new ChatDashboard('chat', { region: 'us-east-1', metrics: METRICS, alarmArns: ['arn:alarm'] }),
    );
    const body = String(only(resources, 'aws:cloudwatch/dashboard:Dashboard').inputs['dashboardBody']);
    const { widgets } = JSON.parse(body) as { widgets: { type: string; x: number; y: number }[] };
    expect(widgets.map(({ type }) => type)).toEqual(['alarm', ...Array<string>(9).fill('metric')]);
    expect(new Set(widgets.map(({ x, y }) => `${x},${y}`)).size).toBe(10);
  });
});

describe('Dashboard', () => {
  it('can share a stack with others, since names are the account’s', async () => {
    const named = (suffix?: string) =>
      new Dashboard('page', { region: 'eu-west-1', watches: [], alarmArns: [], ...(suffix && { suffix }) });
    const resources = await registered(() => [named(), named('eu-west-1')]);
    const names = resources.flatMap(({ inputs }) => inputs['dashboardName'] ?? []);
    expect(names).toEqual(['plinth-test-dev', 'plinth-test-dev-eu-west-1']);
  });
});

describe('Alarms', () => {
  const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
  const of = (...watches: Watch[]) => registered(() => new Alarms('x', { topicArn: TOPIC_ARN, watches }));

  it('counts every GPU of a machine as a hundred percent, as SageMaker does', async () => {
    const { inputs } = only(await of(watchEndpoint({ endpointName: 'llm', gpus: 4 })), ALARM, 'x-endpoint-memory');
    expect(inputs).toMatchObject({
      namespace: '/aws/sagemaker/Endpoints',
      metricName: 'GPUMemoryUtilization',
      threshold: 380,
      dimensions: { EndpointName: 'llm', VariantName: 'main' },
    });
  });

  it('watches the processor where there is no GPU', async () => {
    const { inputs } = only(await of(watchEndpoint({ endpointName: 'llm', gpus: 0 })), ALARM, 'x-endpoint-busy');
    expect(inputs).toMatchObject({ metricName: 'CPUUtilization', threshold: 90 });
  });

  it('takes silence of containers that must run as trouble, and of those that may sleep as rest', async () => {
    const ecs = { kind: 'ecs', clusterName: 'c', serviceName: 's' } as const;
    const silence = async (least: number) =>
      only(await of(watchContainers({ ...ecs, least })), ALARM, 'x-containers-running').inputs['treatMissingData'];
    expect(await silence(1)).toBe('breaching');
    expect(await silence(0)).toBe('notBreaching');
  });

  it('asks for a percentile as CloudWatch wants it', async () => {
    const { inputs } = only(
      await of(watchTargets({ loadBalancer: 'app/a/1', targetGroup: 'targetgroup/b/2' })),
      ALARM,
      'x-targets-slow',
    );
    expect(inputs['extendedStatistic']).toBe('p99');
    expect(inputs).not.toHaveProperty('statistic');
  });

  it('speaks at the first message that was given up on', async () => {
    const { inputs } = only(
      await of(watchQueue({ queueName: 'jobs', deadLetterName: 'jobs-dead' })),
      ALARM,
      'x-queue-dead-letters',
    );
    expect(inputs).toMatchObject({ threshold: 0, dimensions: { QueueName: 'jobs-dead' } });
  });

  it("adds up a service's own numbers over its models, where Bedrock reports none", async () => {
    const service = watchService({ namespace: 'Plinth/Rag', models: ['a', 'b'], tokensPerHour: 10 });
    const { inputs } = only(await of(service), ALARM, 'x-service-tokens');
    const queries = inputs['metricQueries'] as { metric?: { metricName: string; dimensions: { Model: string } } }[];
    expect(queries.map(({ metric }) => metric && `${metric.dimensions.Model} ${metric.metricName}`)).toEqual([
      'a InputTokens',
      'a OutputTokens',
      'b InputTokens',
      'b OutputTokens',
      undefined,
    ]);
  });

  it('watches answers by the names that services report', async () => {
    const answers = watchAnswers({ namespace: RAG_NAMESPACE, model: 'a' });
    const reported = new Set<string>(Object.values(ANSWER_METRICS));
    const shown = answers.graphs.flatMap(({ lines }) =>
      'dimension' in lines ? [lines.name] : lines.map(({ name }) => name),
    );
    expect(new Set(shown.concat(ANSWER_METRICS.drifted))).toEqual(reported);
    const resources = await of(answers);
    expect(only(resources, ALARM, 'x-answers-groundedness').inputs).toMatchObject({
      namespace: 'Plinth/Rag',
      metricName: 'Groundedness',
      dimensions: { Model: 'a' },
      statistic: 'Average',
      comparisonOperator: 'LessThanThreshold',
      evaluationPeriods: 3,
    });
    for (const { inputs } of resources.filter(({ type }) => type === ALARM))
      expect(reported.has(inputs['metricName'] as string)).toBe(true);
  });

  it('refuses two parts of one name', async () => {
    const fn = watchFunction({ functionName: 'a' });
    await expect(of(fn, fn)).rejects.toThrow(/both have "function-errors". Give each a label/);
  });
});

describe('Tracing', () => {
  it('always follows a request a second, and few of the rest', async () => {
    const resources = await registered(() => new Tracing('chat', { serviceName: 'chat-function' }));
    expect(only(resources, 'aws:xray/samplingRule:SamplingRule').inputs).toMatchObject({
      reservoirSize: 1,
      fixedRate: 0.05,
      serviceName: 'chat-function',
    });
    expect(only(resources, 'aws:xray/group:Group').inputs['filterExpression']).toContain('service("chat-function")');
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
