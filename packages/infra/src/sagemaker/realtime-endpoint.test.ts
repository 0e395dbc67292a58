import { describe, expect, it } from 'vitest';
import { KEY_ARN, TOPIC_ARN } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { RealtimeEndpoint, type RealtimeEndpointArgs } from './realtime-endpoint.ts';
import { COLLECTION, ENDPOINT, model } from './testing.ts';

const CONFIG = 'aws:sagemaker/endpointConfiguration:EndpointConfiguration';
const TYPE = 'aws:sagemaker/endpoint:Endpoint';
const FLEET = { instanceType: 'ml.c7i.2xlarge' };

const endpoint = (change: Partial<RealtimeEndpointArgs> = {}) =>
  new RealtimeEndpoint('answers', {
    ...ENDPOINT,
    fleet: FLEET,
    hosting: change.hosting ?? { kind: 'single', model: model() },
    ...change,
  });
const config = async (change?: () => Partial<RealtimeEndpointArgs>) =>
  only(await registered(() => endpoint(change?.())), CONFIG).inputs;
const shared = () => ({
  hosting: {
    kind: 'inference-components' as const,
    components: [
      { name: 'small', model: model({}, 'small'), memoryMb: 2048, copies: 2 },
      { name: 'large', model: model({}, 'large'), memoryMb: 8192, accelerators: 4, cpuCores: 8 },
    ],
  },
});

describe('RealtimeEndpoint', () => {
  it('stands on two instances, encrypted under our key, the least busy asked first', async () => {
    expect(await config()).toMatchObject({
      kmsKeyArn: KEY_ARN,
      productionVariants: [
        {
          variantName: 'main',
          modelName: 'writer-id',
          initialInstanceCount: 2,
          instanceType: 'ml.c7i.2xlarge',
          routingConfigs: [{ routingStrategy: 'LEAST_OUTSTANDING_REQUESTS' }],
        },
      ],
    });
  });

  it('names no key for instances whose own disks hold the model, since SageMaker refuses one', async () => {
    expect(await config(() => ({ fleet: { instanceType: 'ml.g6.xlarge' } }))).not.toHaveProperty('kmsKeyArn');
    await expect(config(() => ({ fleet: { instanceType: 'ml.g5.xlarge', volumeGb: 100 } }))).rejects.toThrow(
      /volumeGb/,
    );
  });

  it('takes new versions as a canary that alarms turn back', async () => {
    const resources = await registered(() => endpoint());
    const { deploymentConfig } = only(resources, TYPE).inputs as { deploymentConfig: Record<string, unknown> };
    expect(deploymentConfig).toMatchObject({
      autoRollbackConfiguration: {
        alarms: [{ alarmName: 'answers-server-errors-id' }, { alarmName: 'answers-model-latency-id' }],
      },
      blueGreenUpdatePolicy: {
        trafficRoutingConfiguration: { type: 'CANARY', canarySize: { type: 'CAPACITY_PERCENT', value: 10 } },
      },
    });
    for (const { inputs } of resources.filter(({ type }) => type.includes('MetricAlarm')))
      expect(inputs).toMatchObject({
        alarmActions: [TOPIC_ARN],
        dimensions: { EndpointName: 'plinth-dev-answers', VariantName: 'main' },
      });
  });

  it('rolls in batches where a second fleet cannot be had, half of it at most', async () => {
    const rollout = (batchPercent: number) => ({
      rollout: { kind: 'rolling' as const, batchPercent, waitSeconds: 120 },
    });
    const { deploymentConfig } = only(await registered(() => endpoint(rollout(50))), TYPE).inputs;
    expect(deploymentConfig).toMatchObject({ rollingUpdatePolicy: { maximumBatchSize: { value: 50 } } });
    await expect(registered(() => endpoint(rollout(80)))).rejects.toThrow(/5 to 50 percent/);
  });

  it('writes to a log group that is encrypted and forgets, made before it', async () => {
    const resources = await registered(() => endpoint());
    expect(only(resources, 'aws:cloudwatch/logGroup:LogGroup').inputs).toMatchObject({
      name: '/aws/sagemaker/Endpoints/plinth-dev-answers',
      kmsKeyId: KEY_ARN,
      retentionInDays: 365,
    });
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('keeps a sample of requests where that is asked for, and lets the model write it there', async () => {
    const capture = { to: { bucketName: 'captured', prefix: 'answers/' }, keyArn: KEY_ARN };
    const resources = await registered(() => endpoint({ capture }));
    expect(only(resources, CONFIG).inputs['dataCaptureConfig']).toMatchObject({
      enableCapture: true,
      initialSamplingPercentage: 10,
      destinationS3Uri: 's3://captured/answers/',
      kmsKeyId: KEY_ARN,
    });
    expect(statementsOf(resources).find(({ Sid }) => Sid === 'WriteObjects')?.Resource).toEqual([
      'arn:aws:s3:::captured/answers/*',
    ]);
  });

  it('gives a candidate a copy of the traffic', async () => {
    const hosting = () => ({
      hosting: {
        kind: 'single' as const,
        model: model(),
        shadow: { model: model({}, 'candidate'), fleet: { ...FLEET, instances: 1 }, percent: 25 },
      },
    });
    expect((await config(hosting))['shadowProductionVariants']).toMatchObject([
      { variantName: 'shadow', modelName: 'candidate-id', initialVariantWeight: 0.25, initialInstanceCount: 1 },
    ]);
  });

  it('hosts many models behind one variant', async () => {
    const hosting = () => ({ hosting: { kind: 'multi-model' as const, model: model({ source: COLLECTION }) } });
    expect((await config(hosting))['productionVariants']).toMatchObject([{ modelName: 'writer-id' }]);
  });

  it('lets models share a fleet, each with its part of it', async () => {
    const resources = await registered(() => endpoint(shared()));
    const { executionRoleArn, productionVariants } = only(resources, CONFIG).inputs;
    expect(executionRoleArn).toBe('arn:aws:iam:us-east-1:123456789012:answers-fleet-id');
    expect(productionVariants).toMatchObject([
      { managedInstanceScaling: { status: 'ENABLED', minInstanceCount: 2, maxInstanceCount: 4 } },
    ]);
    expect(JSON.stringify(productionVariants)).not.toContain('modelName');
    const part = only(resources, 'aws:cloudcontrol/resource:Resource', 'plinth-dev-answers-large').inputs;
    expect(part['typeName']).toBe('AWS::SageMaker::InferenceComponent');
    expect(JSON.parse(String(part['desiredState']))).toMatchObject({
      InferenceComponentName: 'plinth-dev-answers-large',
      EndpointName: 'plinth-dev-answers',
      VariantName: 'main',
      Specification: {
        ModelName: 'large-id',
        ComputeResourceRequirements: {
          NumberOfAcceleratorDevicesRequired: 4,
          NumberOfCpuCoresRequired: 8,
          MinMemoryRequiredInMb: 8192,
        },
      },
      RuntimeConfig: { CopyCount: 1 },
      DeploymentConfig: {
        RollingUpdatePolicy: { MaximumBatchSize: { Type: 'COPY_COUNT', Value: 1 } },
        AutoRollbackConfiguration: {
          Alarms: [{ AlarmName: 'answers-server-errors-id' }, { AlarmName: 'answers-model-latency-id' }],
        },
      },
    });
    expect(only(resources, 'aws:cloudwatch/logGroup:LogGroup', 'plinth-dev-answers-small').inputs['name']).toBe(
      '/aws/sagemaker/InferenceComponents/plinth-dev-answers-small',
    );
  });

  it('refuses hosting that does not go with the model', async () => {
    await expect(config(() => ({ hosting: { kind: 'multi-model', model: model() } }))).rejects.toThrow(/collection/);
    await expect(config(() => ({ hosting: { kind: 'single', model: model({ source: COLLECTION }) } }))).rejects.toThrow(
      /collection/,
    );
    await expect(
      config(() => ({ hosting: { kind: 'single', model: model({ network: { kind: 'serverless' } }) } })),
    ).rejects.toThrow(/isolated/);
    await expect(config(() => ({ hosting: { kind: 'inference-components', components: [] } }))).rejects.toThrow(
      /one component/,
    );
    await expect(config(() => ({ fleet: { instanceType: 'g6.xlarge' } }))).rejects.toThrow(/ml\.g6\.xlarge/);
    await expect(config(() => ({ endpointName: 'no_underscores' }))).rejects.toThrow(/endpointName/);
  });

  it('lets callers call it and its components, and nothing else', async () => {
    await registered(async () => {
      const [grant, ...others] = await valueOf(endpoint(shared()).grantInvoke());
      expect(others).toEqual([]);
      expect(grant?.Action).toEqual(['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream']);
      expect(grant?.Resource).toHaveLength(3);
      expect(JSON.stringify(grant)).not.toContain('*');
    });
  });
});
