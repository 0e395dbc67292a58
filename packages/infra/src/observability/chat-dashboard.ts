import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { chatMetrics, type ChatMetrics, type MetricReference } from './chat-metrics.ts';

export interface ChatDashboardArgs {
  region: string;
  metrics: ChatMetrics;
  /** Alarms shown on top. */
  alarmArns: pulumi.Input<pulumi.Input<string>[]>;
}

const WIDTH = 12;
const HEIGHT = 6;

/** One page on a chat front: alarms, requests, the function, the model, tokens, the guardrail. */
export class ChatDashboard extends pulumi.ComponentResource {
  /** Where to see it in the AWS console. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ChatDashboardArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:observability:ChatDashboard', name, {}, opts);
    const metric = chatMetrics(args.metrics);
    const graphs: readonly [string, readonly MetricReference[]][] = [
      ['Requests', [metric.requests, metric.clientErrors, metric.serverErrors]],
      ['Streams', [metric.functionConcurrency, metric.functionThrottles, metric.functionErrors]],
      ['Time of a request', [metric.functionDuration, metric.modelLatency]],
      ['Model calls', [metric.modelInvocations, metric.modelThrottles, metric.modelServerErrors]],
      ['Tokens', [metric.inputTokens, metric.outputTokens]],
      ['Guardrail', [metric.guardrailCalls, metric.guardrailInterventions]],
    ];
    const alarms = { type: 'alarm', x: 0, y: 0, width: 2 * WIDTH, height: 3, properties: { title: 'Alarms', alarms: args.alarmArns } };
    const dashboard = new aws.cloudwatch.Dashboard(
      name,
      {
        dashboardName: `${pulumi.getProject()}-${pulumi.getStack()}`,
        dashboardBody: pulumi.jsonStringify({
          widgets: [alarms, ...graphs.map(([title, shown], index) => graph(args.region, title, shown, index))],
        }),
      },
      { parent: this },
    );
    this.url = pulumi.interpolate`https://${args.region}.console.aws.amazon.com/cloudwatch/home?region=${args.region}#dashboards/dashboard/${dashboard.dashboardName}`;
    this.registerOutputs({ url: this.url });
  }
}

function graph(region: string, title: string, shown: readonly MetricReference[], index: number) {
  return {
    type: 'metric',
    x: (index % 2) * WIDTH,
    y: 3 + Math.floor(index / 2) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: {
      title,
      region,
      view: 'timeSeries',
      period: 60,
      metrics: shown.map(({ namespace, name, stat, dimensions, label }) => [
        namespace,
        name,
        ...Object.entries(dimensions).flat(),
        { stat, label },
      ]),
    },
  };
}
