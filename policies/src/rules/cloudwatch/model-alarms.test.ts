import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { modelAlarms } from './model-alarms.ts';

const profile = sample('aws:bedrock/inferenceProfile:InferenceProfile', {
  modelSource: { copyFrom: 'us.amazon.nova-lite-v1:0' },
});
const front = sample('aws:lambda/function:Function', { environment: { variables: { PLINTH_CATALOG: '[]' } } });
const alarms = (...names: string[]) =>
  names.map((metricName) => sample('aws:cloudwatch/metricAlarm:MetricAlarm', { metricName }, { name: metricName }));
const FOUR = ['InvocationThrottles', 'OutputTokenCount', 'InvocationsIntervened', 'InvocationServerErrors'];

describeRule(modelAlarms, {
  passes: {
    'all four watched': [profile, ...alarms(...FOUR)],
    'a stack without a model': [sample('aws:kms/key:Key', {})],
    'a metric inside a metric query': [
      front,
      ...alarms(...FOUR.slice(1)),
      sample('aws:cloudwatch/metricAlarm:MetricAlarm', {
        metricQueries: [
          { id: 'm', metric: { metricName: 'InvocationThrottles' } },
          { id: 'e', expression: 'm*2' },
        ],
      } as object),
    ],
  },
  fails: {
    'one kind of trouble unwatched': { given: [front, ...alarms(...FOUR.slice(0, 3))], says: /watches errors/ },
  },
  missing: {
    fails: { 'no alarm': { given: [profile], says: /throttling[\s\S]*token use[\s\S]*guardrail blocks[\s\S]*errors/ } },
  },
  unknown: { 'the metric of an alarm': [profile, ...alarms(...FOUR.slice(1), UNKNOWN)] },
});
