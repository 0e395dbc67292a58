import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface TracingArgs {
  /** Name of the service as its traces say it: the function's name, or OpenTelemetry's `service.name`. */
  serviceName: pulumi.Input<string>;
  /** Requests a second that are always traced, so that a quiet service is never dark. @default 1 */
  alwaysPerSecond?: number;
  /** Share of the others that is traced, 0 to 1. @default 0.05 */
  share?: number;
  /** 1 to 9999; the lowest number that fits is taken. @default 1000 */
  priority?: number;
}

/** How many requests of a service X-Ray follows, and a group in which its slow and failed ones are found. */
export class Tracing extends pulumi.ComponentResource {
  readonly groupArn: pulumi.Output<string>;

  constructor(name: string, args: TracingArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:observability:Tracing', name, {}, opts);
    // X-Ray takes 32 characters, and keeps names for the whole account.
    const label = `${pulumi.getStack()}-${name}`.slice(0, 32);
    new aws.xray.SamplingRule(
      name,
      {
        ruleName: label,
        priority: args.priority ?? 1000,
        version: 1,
        reservoirSize: args.alwaysPerSecond ?? 1,
        fixedRate: args.share ?? 0.05,
        serviceName: args.serviceName,
        serviceType: '*',
        host: '*',
        httpMethod: '*',
        urlPath: '*',
        resourceArn: '*',
      },
      { parent: this },
    );
    const group = new aws.xray.Group(
      name,
      {
        groupName: label,
        filterExpression: pulumi.interpolate`service("${args.serviceName}") AND (fault OR error OR throttle OR responsetime > 5)`,
        insightsConfiguration: { insightsEnabled: true, notificationsEnabled: false },
      },
      { parent: this },
    );
    this.groupArn = group.arn;
    this.registerOutputs({ groupArn: this.groupArn });
  }
}
