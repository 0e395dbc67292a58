import { describe, expect, it } from 'vitest';
import { TOPIC_ARN } from '../testing/fixtures.ts';
import { only, registered, valueOf } from '../testing/index.ts';
import { RegionalDomain, type RegionalDomainArgs } from './regional-domain.ts';

const ARGS: RegionalDomainArgs = {
  domainName: 'chat.example.com',
  zoneId: 'zone',
  region: 'eu-west-1',
  certificateArn: 'arn:certificate',
  restApiId: 'api',
  stageName: 'live',
};
const HEALTH = { apiName: 'chat-api', topicArn: TOPIC_ARN };
const CHECK = 'aws:route53/healthCheck:HealthCheck';
const RECORD = 'aws:route53/record:Record';

describe('RegionalDomain', () => {
  it('answers to the common name from the nearest Region, with TLS 1.2', async () => {
    const resources = await registered(async () => {
      expect(await valueOf(new RegionalDomain('chat', ARGS).url)).toBe('https://chat.example.com');
    });
    expect(only(resources, 'aws:apigateway/domainName:DomainName').inputs).toMatchObject({
      securityPolicy: 'TLS_1_2',
      endpointConfiguration: { types: 'REGIONAL' },
    });
    expect(only(resources, RECORD).inputs).toMatchObject({
      setIdentifier: 'eu-west-1',
      latencyRoutingPolicies: [{ region: 'eu-west-1' }],
      aliases: [{ name: 'chat-id.execute-api.us-east-1.amazonaws.com', evaluateTargetHealth: true }],
    });
  });

  it('is taken out of the answer while most of its answers are 5xx, by an alarm of its own Region', async () => {
    const resources = await registered(() => new RegionalDomain('chat', { ...ARGS, health: HEALTH }));
    const alarm = only(resources, 'aws:cloudwatch/metricAlarm:MetricAlarm').inputs;
    expect(alarm).toMatchObject({
      namespace: 'AWS/ApiGateway',
      metricName: '5XXError',
      dimensions: { ApiName: 'chat-api', Stage: 'live' },
      threshold: 0.5,
      alarmActions: [TOPIC_ARN],
    });
    // Route 53 follows alarms of one metric with a plain statistic alone.
    expect(alarm['statistic']).toBe('Average');
    expect(alarm).not.toHaveProperty('metricQueries');
    expect(only(resources, CHECK).inputs).toMatchObject({
      type: 'CLOUDWATCH_METRIC',
      cloudwatchAlarmName: 'chat-failing-id',
      cloudwatchAlarmRegion: 'eu-west-1',
    });
    expect(only(resources, RECORD).inputs['healthCheckId']).toBe('chat-id');
  });

  it('comes back when nobody is sent there any more: no number is no failure', async () => {
    const resources = await registered(() => new RegionalDomain('chat', { ...ARGS, health: HEALTH }));
    expect(only(resources, CHECK).inputs['insufficientDataHealthStatus']).toBe('Healthy');
    expect(only(resources, 'aws:cloudwatch/metricAlarm:MetricAlarm').inputs['treatMissingData']).toBe('notBreaching');
  });

  it('has Route 53 read the alarm again when what it counts changes', async () => {
    const trigger = async (apiName: string) =>
      only(await registered(() => new RegionalDomain('chat', { ...ARGS, health: { ...HEALTH, apiName } })), CHECK)
        .inputs['triggers'];
    expect(await trigger('one')).toEqual(await trigger('one'));
    expect(await trigger('one')).not.toEqual(await trigger('two'));
  });

  it('stays in, with no check to pay for, where none is asked for', async () => {
    const resources = await registered(() => new RegionalDomain('chat', ARGS));
    expect(resources.filter(({ type }) => type === CHECK)).toEqual([]);
    expect(only(resources, RECORD).inputs).not.toHaveProperty('healthCheckId');
  });
});
