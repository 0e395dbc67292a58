import { describe, expect, it } from 'vitest';
import { KEY_ARN } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { AsyncEndpoint, type AsyncEndpointArgs } from './async-endpoint.ts';
import { COLLECTION, ENDPOINT, model } from './testing.ts';

const endpoint = (change: Partial<AsyncEndpointArgs> = {}) =>
  new AsyncEndpoint('jobs', {
    ...ENDPOINT,
    model: change.model ?? model(),
    fleet: { instanceType: 'ml.g6.xlarge' },
    objects: { bucketName: 'work', prefix: 'async/' },
    scaling: { max: 4 },
    ...change,
  });

describe('AsyncEndpoint', () => {
  it('puts answers and failures apart, encrypted, and tells a topic of each', async () => {
    const { inputs } = only(
      await registered(() => endpoint()),
      'aws:sagemaker/endpointConfiguration:EndpointConfiguration',
    );
    expect(inputs['asyncInferenceConfig']).toEqual({
      clientConfig: { maxConcurrentInvocationsPerInstance: 4 },
      outputConfig: {
        s3OutputPath: 's3://work/async/answers/',
        s3FailurePath: 's3://work/async/failures/',
        kmsKeyId: KEY_ARN,
        notificationConfig: {
          successTopic: 'arn:aws:sns:us-east-1:123456789012:jobs-success-id',
          errorTopic: 'arn:aws:sns:us-east-1:123456789012:jobs-error-id',
        },
      },
    });
  });

  it('goes down to nothing when nobody asks, and wakes up when somebody does', async () => {
    const resources = await registered(() => endpoint());
    expect(only(resources, 'aws:appautoscaling/target:Target').inputs).toMatchObject({
      minCapacity: 0,
      maxCapacity: 4,
    });
    const policy = only(resources, 'aws:appautoscaling/policy:Policy', 'jobs').inputs;
    expect(policy['targetTrackingScalingPolicyConfiguration']).toMatchObject({
      customizedMetricSpecification: {
        metricName: 'ApproximateBacklogSizePerInstance',
        dimensions: [{ name: 'EndpointName', value: 'plinth-dev-jobs' }],
      },
      targetValue: 5,
    });
    expect(only(resources, 'aws:cloudwatch/metricAlarm:MetricAlarm', 'jobs-wake').inputs).toMatchObject({
      metricName: 'HasBacklogWithoutCapacity',
      alarmActions: [expect.stringContaining('jobs-wake-id')],
    });
  });

  it('needs no waking where an instance always stands', async () => {
    const resources = await registered(() => endpoint({ scaling: { min: 1, max: 4 } }));
    expect(resources.filter(({ name }) => name === 'jobs-wake')).toEqual([]);
  });

  it('lets the model read requests, write what came of them, and say so', async () => {
    const resources = await registered(() => endpoint());
    const granted = statementsOf(resources).filter(({ resource }) => resource === 'aws:iam/rolePolicy:RolePolicy jobs');
    expect(granted.map(({ Sid }) => Sid)).toEqual([
      'WriteLogs',
      'ReadObjects',
      'ListObjects',
      'WriteObjects',
      'WriteObjects2',
      'SayDone',
      'UseKeyThroughServices',
    ]);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('lets a caller put requests and read answers, and not the other way round', async () => {
    await registered(async () => {
      const grants = await valueOf(endpoint().grantInvoke());
      const open = (action: string) =>
        grants.filter(({ Action }) => Action.includes(action)).map(({ Resource }) => Resource);
      expect(open('s3:PutObject')).toEqual([['arn:aws:s3:::work/async/requests/*']]);
      expect(open('s3:GetObject')).toEqual([
        ['arn:aws:s3:::work/async/answers/*'],
        ['arn:aws:s3:::work/async/failures/*'],
      ]);
    });
  });

  it('refuses models it cannot host', async () => {
    await expect(registered(() => endpoint({ model: model({ source: COLLECTION }) }))).rejects.toThrow(/collection/);
    await expect(registered(() => endpoint({ model: model({ network: { kind: 'serverless' } }) }))).rejects.toThrow(
      /isolated/,
    );
  });
});
