import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { VARIANT } from './fleet.ts';

export interface EndpointAlarmsArgs {
  /** Who hears of it, and of its end. */
  topicArn: pulumi.Input<string>;
  /** Seconds the model may take, at the 99th percentile of a minute. @default 60 */
  modelLatencySeconds?: number;
  /** Failed calls in a minute that are too many. @default 5 */
  serverErrors?: number;
}

/** Errors and slowness of an endpoint. They wake people, and turn back a rollout. */
export function endpointAlarms(
  name: string,
  endpointName: string,
  args: EndpointAlarmsArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm[] {
  const watched = {
    namespace: 'AWS/SageMaker',
    dimensions: { EndpointName: endpointName, VariantName: VARIANT },
    period: 60,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    comparisonOperator: 'GreaterThanThreshold',
    // Nobody calling is no failure.
    treatMissingData: 'notBreaching',
    alarmActions: [args.topicArn],
    okActions: [args.topicArn],
  };
  return [
    new aws.cloudwatch.MetricAlarm(
      `${name}-server-errors`,
      {
        ...watched,
        alarmDescription: 'The endpoint answers with 5xx. See its log group for the container’s own words.',
        metricName: 'Invocation5XXErrors',
        statistic: 'Sum',
        threshold: args.serverErrors ?? 5,
      },
      opts,
    ),
    new aws.cloudwatch.MetricAlarm(
      `${name}-model-latency`,
      {
        ...watched,
        alarmDescription: 'The model answers slowly. See whether scaling is at its maximum, or prompts have grown.',
        metricName: 'ModelLatency',
        extendedStatistic: 'p99',
        // The metric counts microseconds.
        threshold: (args.modelLatencySeconds ?? 60) * 1_000_000,
      },
      opts,
    ),
  ];
}
