import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Graph, MetricReference, MetricSearch, Watch } from './watch.ts';

export interface DashboardArgs {
  region: string;
  /** What is shown, part by part, in reading order. */
  watches: readonly Watch[];
  /** Alarms shown on top. */
  alarmArns: pulumi.Input<pulumi.Input<string>[]>;
  /** Last part of its name, for a stack with several: names are the account's, not the Region's. @default none */
  suffix?: string;
}

const WIDTH = 12;
const HEIGHT = 6;

/** One page on a use case: its alarms, then two graphs to a row. */
export class Dashboard extends pulumi.ComponentResource {
  /** Where to see it in the AWS console. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: DashboardArgs, opts?: pulumi.ComponentResourceOptions, type = 'Dashboard') {
    super(`plinth:observability:${type}`, name, {}, opts ?? {});
    const { region } = args;
    const alarms = {
      type: 'alarm',
      x: 0,
      y: 0,
      width: 2 * WIDTH,
      height: 3,
      properties: { title: 'Alarms', alarms: args.alarmArns },
    };
    const graphs = args.watches.flatMap((watch) => watch.graphs);
    const dashboard = new aws.cloudwatch.Dashboard(
      name,
      {
        dashboardName: [
          pulumi.getProject(),
          pulumi.getStack(),
          ...(args.suffix === undefined ? [] : [args.suffix]),
        ].join('-'),
        dashboardBody: pulumi.jsonStringify({
          widgets: [alarms, ...graphs.map((graph, index) => widget(region, graph, index))],
        }),
      },
      { parent: this },
    );
    this.url = pulumi.interpolate`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`;
    this.registerOutputs({ url: this.url });
  }
}

function widget(region: string, { title, lines }: Graph, index: number) {
  const metrics = 'dimension' in lines ? [searched(lines)] : lines.map(line);
  return {
    type: 'metric',
    x: (index % 2) * WIDTH,
    y: 3 + Math.floor(index / 2) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: { title, region, view: 'timeSeries', period: 60, metrics },
  };
}

function line({ namespace, name, stat, dimensions, label }: MetricReference) {
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat, label }];
}

function searched({ namespace, dimension, name, stat }: MetricSearch) {
  return [{ expression: `SEARCH('{${namespace},${dimension}} MetricName="${name}"', '${stat}', 60)` }];
}
