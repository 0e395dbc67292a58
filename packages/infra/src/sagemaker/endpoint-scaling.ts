import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import { backlogMetric, wakeUp } from './backlog.ts';
import type { ScalingTarget } from './scaling-target.ts';

/** What an endpoint is scaled by. */
export type ScaledBy =
  /** Calls a minute on each instance or copy. */
  | { kind: 'invocations'; perMinute: number }
  /** Requests in flight on each model copy, counted every ten seconds: the truer measure where answers are streamed for long. */
  | { kind: 'concurrency'; requests: number }
  /** Requests that wait, for each instance. Asynchronous endpoints alone; with them a minimum of none is possible. */
  | { kind: 'backlog'; requests: number }
  /** Share of a serverless endpoint's warm copies in use, 0 to 1. */
  | { kind: 'utilization'; share: number };

/** Times at which the bounds change, as for nights and weekends. */
export interface EndpointHours {
  /** Part of the name, for example `evening`. */
  name: string;
  /** `cron(0 20 ? * MON-FRI *)`, in the time zone. */
  schedule: string;
  min: number;
  max: number;
}

export interface EndpointScalingArgs {
  /** From an endpoint's `scalingTarget()`. */
  target: ScalingTarget;
  /** With a schedule, the bounds given here are those at creation; later only the schedule moves them. */
  min: number;
  /** The cap on the bill. */
  max: number;
  by: ScaledBy;
  /** Seconds before instances are taken away again. @default 600 */
  scaleInSeconds?: number;
  /** Seconds between two additions. @default 60 */
  scaleOutSeconds?: number;
  /** @default none: the bounds hold round the clock */
  scheduled?: readonly EndpointHours[];
  /** IANA name that schedules are read in. @default 'UTC' */
  timezone?: string;
}

/** Turns an endpoint's instances or copies up and down with its load, between bounds that may follow the clock. */
export class EndpointScaling extends pulumi.ComponentResource {
  constructor(name: string, args: EndpointScalingArgs, opts: pulumi.ComponentResourceOptions = {}) {
    check(args);
    super('plinth:sagemaker:EndpointScaling', name, {}, opts);
    const parent = { parent: this };
    const scalable = new aws.appautoscaling.Target(
      name,
      {
        serviceNamespace: 'sagemaker',
        resourceId: args.target.resourceId,
        scalableDimension: args.target.scalableDimension,
        minCapacity: args.min,
        maxCapacity: args.max,
      },
      {
        ...parent,
        // Schedules move the bounds after creation: a deployment at night must not wake the fleet.
        ignoreChanges: args.scheduled?.length ? ['minCapacity', 'maxCapacity'] : [],
      },
    );
    const registered = {
      serviceNamespace: scalable.serviceNamespace,
      resourceId: scalable.resourceId,
      scalableDimension: scalable.scalableDimension,
    };
    new aws.appautoscaling.Policy(
      name,
      {
        ...registered,
        policyType: 'TargetTrackingScaling',
        targetTrackingScalingPolicyConfiguration: {
          ...tracked(args),
          scaleInCooldown: args.scaleInSeconds ?? 600,
          scaleOutCooldown: args.scaleOutSeconds ?? 60,
        },
      },
      parent,
    );
    if (args.by.kind === 'backlog' && lowest(args) === 0) wakeUp(name, registered, args.target.endpointName, parent);
    for (const { name: when, schedule, min, max } of args.scheduled ?? [])
      new aws.appautoscaling.ScheduledAction(
        `${name}-${when}`,
        {
          ...registered,
          schedule,
          timezone: args.timezone ?? 'UTC',
          scalableTargetAction: { minCapacity: min, maxCapacity: max },
        },
        parent,
      );
    this.registerOutputs({});
  }
}

function lowest({ min, scheduled = [] }: EndpointScalingArgs): number {
  return Math.min(min, ...scheduled.map((bounds) => bounds.min));
}

function tracked({ by, target }: EndpointScalingArgs) {
  const predefined = (predefinedMetricType: string, targetValue: number) => ({
    predefinedMetricSpecification: { predefinedMetricType },
    targetValue,
  });
  const copies = target.kind === 'copies';
  switch (by.kind) {
    case 'invocations':
      return predefined(
        copies ? 'SageMakerInferenceComponentInvocationsPerCopy' : 'SageMakerVariantInvocationsPerInstance',
        by.perMinute,
      );
    case 'concurrency':
      return predefined(
        copies
          ? 'SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution'
          : 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
        by.requests,
      );
    case 'utilization':
      return predefined('SageMakerVariantProvisionedConcurrencyUtilization', by.share);
    case 'backlog':
      return { customizedMetricSpecification: backlogMetric(target.endpointName), targetValue: by.requests };
  }
}

function check(args: EndpointScalingArgs): void {
  const { min, max, by, target, scheduled = [] } = args;
  for (const bounds of [{ min, max }, ...scheduled])
    if (bounds.min > bounds.max) throw new StackError(`Scaling from ${bounds.min} to ${bounds.max} has no room.`);
  if ((by.kind === 'utilization') !== (target.kind === 'provisioned-concurrency'))
    throw new StackError('Serverless endpoints are scaled by utilization of their warm copies, and only they are.');
  if (by.kind === 'backlog' && target.kind !== 'instances')
    throw new StackError('Only the instances of an asynchronous endpoint have a backlog to be scaled by.');
  // Component copies may go to none; instances may only where a queue holds the requests meanwhile.
  if (lowest(args) === 0 && target.kind === 'instances' && by.kind !== 'backlog')
    throw new StackError('Only an asynchronous endpoint, scaled by backlog, can go down to no instances.');
  if (lowest(args) < 1 && target.kind === 'provisioned-concurrency')
    throw new StackError('A serverless endpoint keeps one warm copy at least. Leave scaling out to keep none.');
}
