import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { chatMetrics, type ChatMetrics, type MetricReference } from './chat-metrics.ts';

export interface ChatAlarmsArgs {
  metrics: ChatMetrics;
  /** Who hears of it, and of its end. */
  topicArn: pulumi.Input<string>;
  /** Tokens, read and written together, that are more than an hour should ever see. */
  tokensPerHour: number;
  /** Guardrail interventions in five minutes that point to an attack, or to a guardrail that is too strict. @default 50 */
  guardrailBlocks?: number;
}

interface Alarm {
  readonly description: string;
  readonly metrics: readonly MetricReference[];
  readonly periodSeconds: number;
  readonly threshold: number;
}

/** Alarms of a chat front: throttles, tokens, guardrail blocks and errors, each saying what to look at. Silence is not an alarm: nobody may be chatting. */
export class ChatAlarms extends pulumi.ComponentResource {
  readonly arns: pulumi.Output<string[]>;

  constructor(name: string, args: ChatAlarmsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:observability:ChatAlarms', name, {}, opts);
    const arns = Object.entries(alarms(args)).map(([key, alarm]) => {
      return new aws.cloudwatch.MetricAlarm(
        `${name}-${key}`,
        {
          ...measured(alarm),
          alarmDescription: alarm.description,
          comparisonOperator: 'GreaterThanThreshold',
          threshold: alarm.threshold,
          evaluationPeriods: 1,
          treatMissingData: 'notBreaching',
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

/** One metric is named directly; several are added up. */
function measured({ metrics, periodSeconds }: Alarm) {
  const [only, ...others] = metrics;
  if (only !== undefined && others.length === 0)
    return {
      namespace: only.namespace,
      metricName: only.name,
      dimensions: only.dimensions,
      statistic: only.stat,
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

function alarms({ metrics, tokensPerHour, guardrailBlocks }: ChatAlarmsArgs): Record<string, Alarm> {
  const metric = chatMetrics(metrics);
  return {
    'model-throttles': {
      description: 'Bedrock throttles calls. Raise the model quota, or lower the limits of tenants.',
      metrics: [metric.modelThrottles],
      periodSeconds: 300,
      threshold: 5,
    },
    'model-errors': {
      description: 'Bedrock fails calls. See the AWS health dashboard, then the traces of failed requests.',
      metrics: [metric.modelServerErrors],
      periodSeconds: 300,
      threshold: 5,
    },
    tokens: {
      description: 'More tokens in an hour than planned for. See which tenant spends them, and its limits.',
      metrics: [metric.inputTokens, metric.outputTokens],
      periodSeconds: 3600,
      threshold: tokensPerHour,
    },
    'guardrail-blocks': {
      description: 'The guardrail steps in unusually often: an attack, or a rule that is too strict.',
      metrics: [metric.guardrailInterventions],
      periodSeconds: 300,
      threshold: guardrailBlocks ?? 50,
    },
    'function-errors': {
      description: 'The chat function fails. See its log group for the request ids.',
      metrics: [metric.functionErrors],
      periodSeconds: 300,
      threshold: 5,
    },
    'function-throttles': {
      description:
        'All reserved copies of the chat function are busy. Raise its reserved concurrency, or find who holds streams open.',
      metrics: [metric.functionThrottles],
      periodSeconds: 300,
      threshold: 5,
    },
    'front-errors': {
      description: 'More than one in a hundred answers of the API is a 5xx.',
      metrics: [metric.serverErrorShare],
      periodSeconds: 300,
      threshold: 0.01,
    },
  };
}
