import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { chatMetrics, SERVICE_NAMESPACE, type ChatMetrics, type MetricReference } from './chat-metrics.ts';

export interface ChatDashboardArgs {
  region: string;
  metrics: ChatMetrics;
  /** Alarms shown on top. */
  alarmArns: pulumi.Input<pulumi.Input<string>[]>;
}

const WIDTH = 12;
const HEIGHT = 6;

/** One page on a chat front: alarms, time to first token, money, requests, the function, the model, tokens, the guardrail. */
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
    const ofService: readonly [string, string, string][] = [
      ['Time to first token, p99 by model, ms', 'TimeToFirstToken', 'p99'],
      ['Spent by model, US dollars', 'CostUsd', 'Sum'],
    ];
    const alarms = {
      type: 'alarm',
      x: 0,
      y: 0,
      width: 2 * WIDTH,
      height: 3,
      properties: { title: 'Alarms', alarms: args.alarmArns },
    };
    const dashboard = new aws.cloudwatch.Dashboard(
      name,
      {
        dashboardName: `${pulumi.getProject()}-${pulumi.getStack()}`,
        dashboardBody: pulumi.jsonStringify({
          widgets: [
            alarms,
            ...ofService.map(([title, name, stat], index) => widget(args.region, title, [byModel(name, stat)], index)),
            ...graphs.map(([title, shown], index) =>
              widget(args.region, title, shown.map(asLine), ofService.length + index),
            ),
          ],
        }),
      },
      { parent: this },
    );
    this.url = pulumi.interpolate`https://${args.region}.console.aws.amazon.com/cloudwatch/home?region=${args.region}#dashboards/dashboard/${dashboard.dashboardName}`;
    this.registerOutputs({ url: this.url });
  }
}

function widget(region: string, title: string, metrics: readonly unknown[], index: number) {
  return {
    type: 'metric',
    x: (index % 2) * WIDTH,
    y: 3 + Math.floor(index / 2) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: { title, region, view: 'timeSeries', period: 60, metrics },
  };
}

function asLine({ namespace, name, stat, dimensions, label }: MetricReference) {
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat, label }];
}

/** One line for every model the service itself reports on, found while the dashboard is looked at. */
function byModel(name: string, stat: string) {
  return [{ expression: `SEARCH('{${SERVICE_NAMESPACE},Model} MetricName="${name}"', '${stat}', 60)` }];
}
