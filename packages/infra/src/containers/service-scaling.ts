import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';

/** Bounds of a service from one moment on, for example evenings and mornings. */
export interface ScheduledTasks {
  /** `cron(…)` of Application Auto Scaling, as in `cron(0 19 ? * MON-FRI *)`. */
  readonly schedule: string;
  /** @default 'UTC' */
  readonly timezone?: string;
  readonly min: number;
  readonly max: number;
}

export interface ScalingSettings {
  /** Containers there always are. Zero only makes sense with a schedule: nothing measures an empty service. */
  readonly min: number;
  /** Containers there may ever be. */
  readonly max: number;
  /** Requests waiting for a place in the batch, per container, that scaling holds to. @default 4 */
  readonly waitingRequests?: number;
  /** Tokens written a second, per container, that scaling holds to: what one does well on its hardware. @default tokens do not scale */
  readonly tokensPerSecond?: number;
  /** By a short name each. @default none */
  readonly schedules?: Readonly<Record<string, ScheduledTasks>>;
}

export interface ServiceScalingArgs {
  clusterName: pulumi.Input<string>;
  serviceName: pulumi.Input<string>;
  /** Value of the metrics' `Service` dimension. */
  metricService: string;
  settings: ScalingSettings;
}

/** Where the entry point of the image reports the engine's own numbers, from each container twice a minute. */
export const INFERENCE_NAMESPACE = 'Plinth/Inference';

/**
 * Scaling by what an engine's users feel: how many wait, and how many tokens are written. CPU says nothing about a GPU.
 * It grows when one of the two is above its target, and shrinks when both are below.
 */
export class ServiceScaling extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceScalingArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:containers:ServiceScaling', name, {}, opts);
    const { settings } = args;
    checkScaling(settings);
    const parent = { parent: this };
    const target = new aws.appautoscaling.Target(
      name,
      {
        serviceNamespace: 'ecs',
        scalableDimension: 'ecs:service:DesiredCount',
        resourceId: pulumi.interpolate`service/${args.clusterName}/${args.serviceName}`,
        minCapacity: settings.min,
        maxCapacity: settings.max,
      },
      parent,
    );
    const scaled = {
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
    };
    for (const { key, metricName, targetValue } of targets(settings))
      new aws.appautoscaling.Policy(
        `${name}-${key}`,
        {
          ...scaled,
          policyType: 'TargetTrackingScaling',
          targetTrackingScalingPolicyConfiguration: {
            targetValue,
            // Weights take minutes to load: grow at once, shrink slowly.
            scaleOutCooldown: 60,
            scaleInCooldown: 600,
            customizedMetricSpecification: {
              namespace: INFERENCE_NAMESPACE,
              metricName,
              statistic: 'Average',
              dimensions: [{ name: 'Service', value: args.metricService }],
            },
          },
        },
        parent,
      );
    for (const [key, { schedule, timezone, min, max }] of Object.entries(settings.schedules ?? {}))
      new aws.appautoscaling.ScheduledAction(
        `${name}-${key}`,
        {
          ...scaled,
          schedule,
          timezone: timezone ?? 'UTC',
          scalableTargetAction: { minCapacity: min, maxCapacity: max },
        },
        parent,
      );
    this.registerOutputs({});
  }
}

function targets({ waitingRequests, tokensPerSecond }: ScalingSettings) {
  return [
    { key: 'waiting', metricName: 'RequestsWaiting', targetValue: waitingRequests ?? 4 },
    ...(tokensPerSecond === undefined
      ? []
      : [{ key: 'tokens', metricName: 'TokensPerSecond', targetValue: tokensPerSecond }]),
  ];
}

/** @throws {StackError} for bounds that contradict each other. */
export function checkScaling({ min, max, schedules }: ScalingSettings): void {
  const bounds = { min, max };
  for (const [name, each] of Object.entries({ scaling: bounds, ...schedules }))
    if (each.min < 0 || each.max < each.min) throw new StackError(`Set max of "${name}" to its min or more.`);
  if (min === 0 && !Object.values(schedules ?? {}).some((each) => each.min > 0))
    throw new StackError(
      'A service with min 0 never starts by itself: add a schedule with min 1 or more, or set min to 1.',
    );
}
