import { runtime } from '@pulumi/pulumi';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { marketplaceProvider, type MarketplaceInputs, type MarketplaceState } from './marketplace-provider.ts';
import { startMarketplaceServer, type MarketplaceServer } from './testing/marketplace-server.ts';

const MODEL = 'arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/some-model/1.0.0';
const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:endpoint/writer';

let server: MarketplaceServer;
let inputs: MarketplaceInputs;

beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  server = await startMarketplaceServer();
  inputs = {
    region: 'us-east-1',
    endpointName: 'writer',
    modelSourceArn: MODEL,
    instanceType: 'ml.g6.12xlarge',
    instanceCount: 2,
    executionRoleArn: 'arn:aws:iam::123456789012:role/writer',
    acceptEula: true,
    subnetIds: ['subnet-a'],
    securityGroupIds: ['sg-a'],
    tags: { owner: 'team' },
    timeoutSeconds: 30,
    pollSeconds: 0.001,
    apiUrl: server.url,
  };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const calls = () => server.requests.map(({ call }) => call.split(' ')[0]);
const standing = (status: string, ahead: string[] = []) =>
  server.endpoints.set(ARN, {
    name: 'writer',
    model: MODEL,
    config: {
      sageMaker: { initialInstanceCount: 2, instanceType: 'ml.g6.12xlarge', executionRole: inputs.executionRoleArn },
    },
    status,
    ahead,
  });
const state = (): MarketplaceState => ({ ...inputs, endpointArn: ARN, endpointStatus: 'InService' });

describe('creating', () => {
  it('asks for what was configured, and waits until the endpoint serves', async () => {
    server.passes = ['Creating', 'Creating', 'InService'];
    const { id, outs } = await marketplaceProvider.create(inputs);
    expect(id).toBe(ARN);
    expect(outs).toMatchObject({ endpointArn: ARN, endpointStatus: 'InService', instanceCount: 2 });
    expect(calls()).toEqual(['POST', 'GET', 'GET', 'GET']);
    expect(server.requests[0]?.body).toMatchObject({
      endpointName: 'writer',
      modelSourceIdentifier: MODEL,
      acceptEula: true,
      endpointConfig: {
        sageMaker: {
          initialInstanceCount: 2,
          instanceType: 'ml.g6.12xlarge',
          executionRole: inputs.executionRoleArn,
          vpc: { subnetIds: ['subnet-a'], securityGroupIds: ['sg-a'] },
        },
      },
      tags: [{ key: 'owner', value: 'team' }],
    });
    expect(server.requests[0]?.body['clientRequestToken']).toEqual(expect.any(String));
  });

  it('keeps an endpoint that failed in the state, with the reason', async () => {
    server.passes = ['Failed'];
    await expect(marketplaceProvider.create(inputs)).rejects.toMatchObject({
      id: ARN,
      properties: { endpointArn: ARN },
      message: expect.stringContaining('It is Failed: no capacity') as string,
    });
  });

  it('gives up after its time, and says how to wait on', async () => {
    server.passes = Array.from({ length: 10_000 }, () => 'Creating');
    await expect(marketplaceProvider.create({ ...inputs, timeoutSeconds: 0.2 })).rejects.toMatchObject({
      id: ARN,
      message: expect.stringMatching(/not in service after 0.2 s\. Run again/) as string,
    });
  });

  it('is not put off by throttling', async () => {
    server.throttled = 2;
    expect((await marketplaceProvider.create(inputs)).id).toBe(ARN);
    expect(calls().filter((call) => call === 'POST')).toHaveLength(3);
    const tokens = server.requests.slice(0, 3).map(({ body }) => body['clientRequestToken']);
    expect(new Set(tokens).size).toBe(1);
  });

  it('fails with no trace where AWS refuses', async () => {
    standing('InService');
    await expect(marketplaceProvider.create(inputs)).rejects.not.toHaveProperty('id');
  });
});

describe('taking over', () => {
  it('reads the endpoint by its ARN and makes nothing', async () => {
    standing('InService');
    const ours = { ...inputs, executionRoleArn: 'arn:aws:iam::123456789012:role/ours' };
    const { id, outs } = await marketplaceProvider.create({ ...ours, adoptArn: ARN });
    expect(id).toBe(ARN);
    expect(outs.endpointStatus).toBe('InService');
    expect(calls()).not.toContain('POST');
    expect(await marketplaceProvider.diff(id, outs, ours)).toMatchObject({ changes: false });
  });

  it('brings it to the size configured', async () => {
    standing('InService');
    const { outs } = await marketplaceProvider.create({ ...inputs, adoptArn: ARN, instanceCount: 4 });
    expect(outs.instanceCount).toBe(4);
  });

  it('refuses one that runs another model, and one that is not there', async () => {
    standing('InService');
    await expect(
      marketplaceProvider.create({ ...inputs, adoptArn: ARN, instanceType: 'ml.g5.xlarge' }),
    ).rejects.toThrow(/Configure exactly that/);
    await expect(marketplaceProvider.create({ ...inputs, adoptArn: `${ARN}-2` })).rejects.toThrow(
      /no Marketplace endpoint/,
    );
  });
});

describe('reading', () => {
  it('tells what stands in AWS, and that something is gone', async () => {
    standing('InService');
    server.endpoints.get(ARN)!.config.sageMaker.initialInstanceCount = 5;
    expect(await marketplaceProvider.read(ARN, state())).toMatchObject({ id: ARN, props: { instanceCount: 5 } });
    server.endpoints.clear();
    expect(await marketplaceProvider.read(ARN, state())).toEqual({});
  });
});

describe('changing', () => {
  it('is in place for the count, and a new endpoint for all else', async () => {
    const diff = (change: Partial<MarketplaceInputs>) =>
      marketplaceProvider.diff(ARN, state(), { ...inputs, ...change });
    expect(await diff({})).toMatchObject({ changes: false, replaces: [] });
    expect(await diff({ instanceCount: 3 })).toMatchObject({ changes: true, replaces: [] });
    expect(await diff({ timeoutSeconds: 60 })).toMatchObject({ changes: false, replaces: [] });
    expect(await diff({ instanceType: 'ml.g5.xlarge' })).toMatchObject({
      replaces: ['instanceType'],
      deleteBeforeReplace: true,
    });
  });

  it('sends the new count and waits for it', async () => {
    standing('InService');
    server.passes = ['Updating', 'InService'];
    const { outs } = await marketplaceProvider.update(ARN, state(), { ...inputs, instanceCount: 3 });
    expect(outs).toMatchObject({ instanceCount: 3, endpointStatus: 'InService' });
    expect(server.requests.find(({ call }) => call.startsWith('PATCH'))?.body).toMatchObject({
      endpointConfig: { sageMaker: { initialInstanceCount: 3 } },
    });
  });

  it('waits on for an endpoint that was not ready when it was made', async () => {
    standing('Creating', ['Creating', 'InService']);
    const unready = { ...state(), endpointStatus: 'Unknown' };
    expect(await marketplaceProvider.diff(ARN, unready, inputs)).toMatchObject({ changes: true, replaces: [] });
    expect((await marketplaceProvider.update(ARN, unready, inputs)).outs.endpointStatus).toBe('InService');
    expect(calls()).not.toContain('PATCH');
  });

  it('says when the new size could not be had', async () => {
    standing('InService');
    server.passes = ['Updating', 'UpdateRollbackFailed'];
    await expect(marketplaceProvider.update(ARN, state(), { ...inputs, instanceCount: 9 })).rejects.toThrow(
      /UpdateRollbackFailed/,
    );
  });
});

describe('deleting', () => {
  it('waits until the endpoint is gone', async () => {
    standing('InService');
    await marketplaceProvider.delete(ARN, state());
    expect(server.endpoints.size).toBe(0);
  });

  it('lets one that is still being made come to rest first', async () => {
    standing('Creating', ['Creating', 'Creating', 'InService']);
    await marketplaceProvider.delete(ARN, state());
    expect(calls()).toContain('DELETE');
    expect(server.endpoints.size).toBe(0);
  });

  it('takes one that is gone already for deleted', async () => {
    await marketplaceProvider.delete(ARN, state());
    expect(calls()).toEqual(['GET']);
  });
});

describe('the text Pulumi carries to its other process', () => {
  it('works by itself', async () => {
    const { text } = await runtime.serializeFunction(() => marketplaceProvider);
    const module = { exports: {} as { handler: () => typeof marketplaceProvider } };
    // What Pulumi's dynamic provider does with it: compile it as a CommonJS module.
    new Function('exports', 'require', 'module', text)(module.exports, undefined, module);
    expect((await module.exports.handler().create(inputs)).id).toBe(ARN);
  });
});
