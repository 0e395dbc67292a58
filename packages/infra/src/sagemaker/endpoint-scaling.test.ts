import { describe, expect, it } from 'vitest';
import { only, registered } from '../testing/index.ts';
import { EndpointScaling, type EndpointScalingArgs } from './endpoint-scaling.ts';
import { RealtimeEndpoint } from './realtime-endpoint.ts';
import { ServerlessEndpoint } from './serverless-endpoint.ts';
import { ENDPOINT, model } from './testing.ts';

type Rest = Omit<EndpointScalingArgs, 'target'>;
const REST: Rest = { min: 2, max: 6, by: { kind: 'concurrency', requests: 8 } };
const POLICY = 'aws:appautoscaling/policy:Policy';
const TARGET = 'aws:appautoscaling/target:Target';

const single = () =>
  new RealtimeEndpoint('answers', {
    ...ENDPOINT,
    fleet: { instanceType: 'ml.g6.xlarge' },
    hosting: { kind: 'single', model: model() },
  }).scalingTarget();
const component = () =>
  new RealtimeEndpoint('answers', {
    ...ENDPOINT,
    fleet: { instanceType: 'ml.g6.xlarge' },
    hosting: { kind: 'inference-components', components: [{ name: 'small', model: model(), memoryMb: 1024 }] },
  }).scalingTarget('small');
const warm = () =>
  new ServerlessEndpoint('answers', {
    ...ENDPOINT,
    model: model({ network: { kind: 'serverless' } }),
    warmCopies: 1,
  }).scalingTarget();

const scaled = (change: Partial<Rest> = {}, target = single) =>
  registered(() => new EndpointScaling('scaling', { target: target(), ...REST, ...change }));
const metricOf = async (by: Rest['by'], target = single) => {
  const { targetTrackingScalingPolicyConfiguration } = only(await scaled({ by }, target), POLICY).inputs;
  return targetTrackingScalingPolicyConfiguration as Record<string, unknown>;
};

describe('EndpointScaling', () => {
  it('keeps instances between its bounds, quick to add and slow to take away', async () => {
    const resources = await scaled();
    expect(only(resources, TARGET).inputs).toMatchObject({
      resourceId: 'endpoint/plinth-dev-answers/variant/main',
      scalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      minCapacity: 2,
      maxCapacity: 6,
    });
    expect(await metricOf(REST.by)).toMatchObject({ scaleInCooldown: 600, scaleOutCooldown: 60, targetValue: 8 });
  });

  it.each([
    [{ kind: 'invocations', perMinute: 60 } as const, single, 'SageMakerVariantInvocationsPerInstance'],
    [REST.by, single, 'SageMakerVariantConcurrentRequestsPerModelHighResolution'],
    [{ kind: 'invocations', perMinute: 60 } as const, component, 'SageMakerInferenceComponentInvocationsPerCopy'],
    [REST.by, component, 'SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution'],
    [{ kind: 'utilization', share: 0.7 } as const, warm, 'SageMakerVariantProvisionedConcurrencyUtilization'],
  ])('by %o reads the metric of what it scales', async (by, target, metric) => {
    expect(await metricOf(by, target)).toMatchObject({
      predefinedMetricSpecification: { predefinedMetricType: metric },
    });
  });

  it('scales the copies of a component', async () => {
    expect(only(await scaled({}, component), TARGET).inputs).toMatchObject({
      resourceId: 'inference-component/plinth-dev-answers-small',
      scalableDimension: 'sagemaker:inference-component:DesiredCopyCount',
    });
  });

  it('changes its bounds by the clock', async () => {
    const scheduled = [{ name: 'evening', schedule: 'cron(0 20 ? * * *)', min: 1, max: 2 }];
    const resources = await scaled({ scheduled, timezone: 'Europe/Berlin' });
    expect(only(resources, 'aws:appautoscaling/scheduledAction:ScheduledAction').inputs).toMatchObject({
      schedule: 'cron(0 20 ? * * *)',
      timezone: 'Europe/Berlin',
      scalableTargetAction: { minCapacity: 1, maxCapacity: 2 },
    });
  });

  it('refuses what cannot be scaled so', async () => {
    await expect(scaled({ min: 7 })).rejects.toThrow(/no room/);
    await expect(scaled({ min: 0 })).rejects.toThrow(/asynchronous/);
    await expect(scaled({ by: { kind: 'utilization', share: 0.5 } })).rejects.toThrow(/Serverless/);
    await expect(scaled({}, warm)).rejects.toThrow(/Serverless/);
    await expect(scaled({ by: { kind: 'backlog', requests: 5 } }, component)).rejects.toThrow(/backlog/);
    await expect(scaled({ min: 0 }, component)).resolves.toBeDefined();
  });
});
