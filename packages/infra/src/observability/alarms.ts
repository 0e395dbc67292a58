import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Alarm, Watch } from './watch.ts';

export interface AlarmsArgs {
  /** Who hears of it, and of its end. */
  topicArn: pulumi.Input<string>;
  /** What is watched, part by part. */
  watches: readonly Watch[];
}

/**
 * The alarms of a use case, each saying what to look at.
 *
 * @example
 * new Alarms('rag', { topicArn, watches: [watchEndpoint({ endpointName }), watchQueue({ label: 'ingest', queueName, deadLetterName })] });
 */
export class Alarms extends pulumi.ComponentResource {
  readonly arns: pulumi.Output<string[]>;

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions, type = 'Alarms') {
    const alarms = args.watches.flatMap((watch) => Object.entries(watch.alarms));
    refuseDoubles(name, alarms);
    super(`plinth:observability:${type}`, name, {}, opts ?? {});
    const arns = alarms.map(([key, alarm]) => {
      return new aws.cloudwatch.MetricAlarm(
        `${name}-${key}`,
        {
          ...measured(alarm),
          alarmDescription: alarm.description,
          comparisonOperator: alarm.side === 'below' ? 'LessThanThreshold' : 'GreaterThanThreshold',
          threshold: alarm.threshold,
          evaluationPeriods: alarm.periods ?? 1,
          treatMissingData: alarm.silence === 'trouble' ? 'breaching' : 'notBreaching',
          alarmActions: [args.topicArn],
          okActions: [args.topicArn],
        },
        { parent: this },
      ).arn;
    });
    this.arns = pulumi.all(arns);
    this.registerOutputs({ arns: this.arns });
  }
}

function refuseDoubles(name: string, alarms: readonly (readonly [string, Alarm])[]): void {
  const keys = alarms.map(([key]) => key);
  const double = keys.find((key, index) => keys.indexOf(key) !== index);
  if (double !== undefined)
    throw new StackError(`Alarms ${name} watch two parts that both have "${double}". Give each a label of its own.`);
}

/** One metric is named directly; several are added up. */
function measured({ metrics, periodSeconds }: Alarm) {
  const [only, ...others] = metrics;
  if (only !== undefined && others.length === 0)
    return {
      namespace: only.namespace,
      metricName: only.name,
      dimensions: only.dimensions,
      ...(/^p\d/.test(only.stat) ? { extendedStatistic: only.stat } : { statistic: only.stat }),
      period: periodSeconds,
    };
  return {
    metricQueries: [
      ...metrics.map((metric, index) => ({
        id: `m${index}`,
        metric: {
          namespace: metric.namespace,
          metricName: metric.name,
          dimensions: metric.dimensions,
          stat: metric.stat,
          period: periodSeconds,
        },
      })),
      { id: 'sum', label: 'Sum', expression: 'SUM(METRICS())', returnData: true },
    ],
  };
}
