import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import { captureConfig, grantCapture, type DataCapture } from './data-capture.ts';
import { endpointAlarms, type EndpointAlarmsArgs } from './endpoint-alarms.ts';
import { serviceLogs, type EndpointLogsArgs } from './endpoint-logs.ts';
import { physicalName } from './endpoint-name.ts';
import { checkFleet, volumeKey, type Fleet } from './fleet.ts';
import { checkHosting, fleetRole, modelsOf, variantsOf, type Hosting } from './hosting.ts';
import { inferenceComponent } from './inference-component.ts';
import { deploymentConfig, type Rollout } from './rollout.ts';
import { copiesOf, instancesOf, type ScalingTarget } from './scaling-target.ts';

export interface RealtimeEndpointArgs extends EndpointLogsArgs {
  placement: Placement;
  hosting: Hosting;
  fleet: Fleet;
  /** Customer-managed key the volumes are encrypted under. Instances with disks of their own encrypt those in hardware. */
  keyArn: pulumi.Input<string>;
  /** Alarms on errors and latency, which also turn a rollout back. */
  alarms: EndpointAlarmsArgs;
  /** @default nothing is captured */
  capture?: DataCapture;
  /** @default a canary of 10 percent, watched for ten minutes */
  rollout?: Rollout;
  /** Physical name, 63 characters at most. @default `plinth-<stack>-<name>` */
  endpointName?: string;
}

/**
 * A model behind a private HTTPS endpoint, answering while the caller waits, in whole or as a stream. Two instances, so that losing an
 * Availability Zone is no outage; new versions arrive as a canary and go back by themselves when alarms fire.
 */
export class RealtimeEndpoint extends pulumi.ComponentResource {
  readonly endpointName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  readonly alarmArns: pulumi.Output<string[]>;
  /** Physical names of the inference components, by their name on the endpoint. Empty for other hosting. */
  readonly components: ReadonlyMap<
    string,
    { readonly name: pulumi.Output<string>; readonly arn: pulumi.Output<string> }
  >;

  constructor(name: string, args: RealtimeEndpointArgs, opts: pulumi.ComponentResourceOptions = {}) {
    checkFleet(args.fleet);
    checkHosting(args.hosting);
    super('plinth:sagemaker:RealtimeEndpoint', name, {}, opts);
    const { placement, hosting, fleet, capture } = args;
    const parent = { parent: this };
    const endpointName = physicalName(name, args.endpointName);
    const shared = hosting.kind === 'inference-components' ? fleetRole(name, placement, parent) : undefined;
    const models = modelsOf(hosting);
    const logs = serviceLogs(
      name,
      `Endpoints/${endpointName}`,
      [...new Set([...(shared === undefined ? [] : [shared.name]), ...models.map(({ roleName }) => roleName)])],
      { ...args, statements: capture === undefined ? [] : grantCapture(placement, capture) },
      parent,
    );
    const configuration = new aws.sagemaker.EndpointConfiguration(
      name,
      {
        ...variantsOf(hosting, fleet),
        ...volumeKey(fleet, args.keyArn),
        ...(shared !== undefined && { executionRoleArn: shared.arn }),
        ...(capture !== undefined && { dataCaptureConfig: captureConfig(capture) }),
      },
      parent,
    );
    const alarms = endpointAlarms(name, endpointName, args.alarms, parent);
    const endpoint = new aws.sagemaker.Endpoint(
      name,
      {
        name: endpointName,
        endpointConfigName: configuration.name,
        deploymentConfig: deploymentConfig(
          args.rollout ?? { kind: 'canary' },
          alarms.map((alarm) => ({ alarmName: alarm.name })),
        ),
      },
      { ...parent, dependsOn: [...models, logs.group, ...logs.policies] },
    );
    this.endpointName = endpoint.name;
    this.arn = endpoint.arn;
    this.logGroupName = logs.group.logGroupName;
    this.alarmArns = pulumi.all(alarms.map(({ arn }) => arn));
    this.components = new Map(
      (hosting.kind === 'inference-components' ? hosting.components : []).map((part) => {
        const { componentName, resource } = inferenceComponent(
          endpointName,
          endpoint.name,
          part,
          { ...args, rollbackAlarms: alarms.map((alarm) => alarm.name) },
          parent,
        );
        const { partition, region, account } = placement;
        const arn = pulumi.interpolate`arn:${partition}:sagemaker:${region}:${account}:inference-component/${componentName}`;
        // Through the resource's id, so that what uses the name waits for the component.
        return [part.name, { name: resource.id.apply(() => componentName), arn }];
      }),
    );
    this.registerOutputs({ endpointName: this.endpointName, arn: this.arn });
  }

  /** Lets a role call the endpoint, and every model on it, and read nothing else of it. */
  grantInvoke(): Statement[] {
    return [
      {
        Sid: 'InvokeEndpoint',
        Effect: 'Allow',
        Action: ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'],
        Resource: [this.arn, ...[...this.components.values()].map(({ arn }) => arn)],
      },
    ];
  }

  /** For `EndpointScaling`: the instances, or the copies of the component named. */
  scalingTarget(component?: string): ScalingTarget {
    if (component === undefined) {
      if (this.components.size > 0)
        throw new StackError(
          'SageMaker scales a shared fleet by itself. Name the inference component whose copies to scale.',
        );
      return instancesOf(this.endpointName);
    }
    const found = this.components.get(component);
    if (found === undefined) throw new StackError(`The endpoint has no inference component "${component}".`);
    return copiesOf(this.endpointName, found.name);
  }
}
