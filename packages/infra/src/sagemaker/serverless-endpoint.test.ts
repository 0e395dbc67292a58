import { describe, expect, it } from 'vitest';
import { KEY_ARN } from '../testing/fixtures.ts';
import { only, registered } from '../testing/index.ts';
import type { HostedModelArgs } from './hosted-model.ts';
import { ServerlessEndpoint, type ServerlessEndpointArgs } from './serverless-endpoint.ts';
import { ENDPOINT, MODEL, model } from './testing.ts';

const endpoint = (change: Partial<ServerlessEndpointArgs> = {}, of: Partial<HostedModelArgs> = {}) =>
  registered(
    () =>
      new ServerlessEndpoint('small', {
        ...ENDPOINT,
        model: model({ network: { kind: 'serverless' }, ...of }),
        ...change,
      }),
  );

describe('ServerlessEndpoint', () => {
  it('runs no more than its cap at once, and keeps nothing warm', async () => {
    const { inputs } = only(await endpoint(), 'aws:sagemaker/endpointConfiguration:EndpointConfiguration');
    expect(inputs).toMatchObject({
      kmsKeyArn: KEY_ARN,
      productionVariants: [{ serverlessConfig: { memorySizeInMb: 6144, maxConcurrency: 5 } }],
    });
    expect(JSON.stringify(inputs)).not.toContain('provisionedConcurrency');
  });

  it('hosts a model that stands in no VPC, as SageMaker demands', async () => {
    const { inputs } = only(await endpoint(), 'aws:sagemaker/model:Model');
    expect(inputs).not.toHaveProperty('vpcConfig');
    expect(inputs).not.toHaveProperty('enableNetworkIsolation');
  });

  it('refuses what serverless endpoints do not take', async () => {
    await expect(endpoint({}, { network: MODEL.network })).rejects.toThrow(/no VPC/);
    await expect(endpoint({}, { source: { kind: 'package', modelPackageArn: 'arn' } })).rejects.toThrow(/packages/);
    await expect(endpoint({ maxConcurrency: 201 })).rejects.toThrow(/200/);
    await expect(endpoint({ warmCopies: 6 })).rejects.toThrow(/maxConcurrency/);
  });
});
