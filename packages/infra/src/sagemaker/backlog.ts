import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';

/** Requests that wait, for each instance there is. */
export function backlogMetric(endpointName: pulumi.Input<string>) {
  return {
    namespace: 'AWS/SageMaker',
    metricName: 'ApproximateBacklogSizePerInstance',
    dimensions: [{ name: 'EndpointName', value: endpointName }],
    statistic: 'Average',
  };
}

interface RegisteredTarget {
  serviceNamespace: pulumi.Input<string>;
  resourceId: pulumi.Input<string>;
  scalableDimension: pulumi.Input<string>;
}

/**
 * From none to one. With no instances there is no backlog *per instance*, so tracking alone would never wake the endpoint: a step on
 * `HasBacklogWithoutCapacity` does (SageMaker developer guide, "Autoscale an asynchronous endpoint").
 */
export function wakeUp(
  name: string,
  target: RegisteredTarget,
  endpointName: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const step = new aws.appautoscaling.Policy(
    `${name}-wake`,
    {
      ...target,
      policyType: 'StepScaling',
      stepScalingPolicyConfiguration: {
        adjustmentType: 'ChangeInCapacity',
        metricAggregationType: 'Average',
        cooldown: 300,
        stepAdjustments: [{ metricIntervalLowerBound: '0', scalingAdjustment: 1 }],
      },
    },
    opts,
  );
  new aws.cloudwatch.MetricAlarm(
    `${name}-wake`,
    {
      alarmDescription: 'Requests wait and no instance runs. Scaling answers this by itself.',
      namespace: 'AWS/SageMaker',
      metricName: 'HasBacklogWithoutCapacity',
      dimensions: { EndpointName: endpointName },
      statistic: 'Average',
      period: 60,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      treatMissingData: 'missing',
      alarmActions: [step.arn],
    },
    opts,
  );
}
