import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { MarketplaceEndpoint, type MarketplaceEndpointArgs } from './marketplace-endpoint.ts';

const MODEL = 'arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/some-model/1.0.0';
const TYPE = 'pulumi-nodejs:dynamic/plinth:MarketplaceModelEndpoint';

const endpoint = (change: Partial<MarketplaceEndpointArgs> = {}) =>
  new MarketplaceEndpoint('writer', {
    placement: PLACEMENT,
    endpointName: 'writer',
    modelSourceArn: MODEL,
    instanceType: 'ml.g6.12xlarge',
    acceptEula: true,
    network: { subnetIds: ['subnet-a'], securityGroupIds: ['sg-a'] },
    keyArn: KEY_ARN,
    tags: { owner: 'team' },
    ...change,
  });

describe('MarketplaceEndpoint', () => {
  it('asks for two instances in our subnets, tagged, with a role of its own', async () => {
    const { inputs } = only(await registered(() => endpoint()), TYPE);
    expect(inputs).toMatchObject({
      region: 'us-east-1',
      endpointName: 'writer',
      modelSourceArn: MODEL,
      instanceType: 'ml.g6.12xlarge',
      instanceCount: 2,
      executionRoleArn: expect.stringContaining('writer-id') as string,
      acceptEula: true,
      subnetIds: ['subnet-a'],
      securityGroupIds: ['sg-a'],
      tags: { owner: 'team' },
      timeoutSeconds: 3600,
    });
    // Its disks are its own, and encrypted by the instance.
    expect(inputs).not.toHaveProperty('kmsKeyArn');
  });

  it('encrypts volumes under our key where there are volumes', async () => {
    const { inputs } = only(await registered(() => endpoint({ instanceType: 'ml.c7i.4xlarge' })), TYPE);
    expect(inputs['kmsKeyArn']).toBe(KEY_ARN);
  });

  it('lets the role write the endpoint’s log and stand in its subnets, and nothing else', async () => {
    const resources = await registered(() => endpoint());
    const granted = statementsOf(resources).filter(({ resource }) => resource.startsWith('aws:iam/rolePolicy'));
    expect(granted.map(({ Sid }) => Sid)).toEqual([
      'WriteEndpointLogs',
      'MakeInterfaces',
      'HandOverInterfaces',
      'DescribeNetwork',
    ]);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('is called through Bedrock with the guardrail, and never past it', async () => {
    await registered(async () => {
      const [bedrock, sagemaker] = await valueOf(endpoint().grantInvoke({ identifier: 'guardrail:1' }));
      expect(bedrock?.Condition).toEqual({ StringEquals: { 'bedrock:GuardrailIdentifier': 'guardrail:1' } });
      expect(sagemaker?.Condition).toEqual({ StringEquals: { 'aws:CalledViaLast': 'bedrock.amazonaws.com' } });
    });
  });

  it('refuses what Bedrock would refuse', async () => {
    await expect(registered(() => endpoint({ endpointName: 'a'.repeat(31) }))).rejects.toThrow(/30 at most/);
    await expect(
      registered(() => endpoint({ modelSourceArn: 'arn:aws:bedrock:::foundation-model/x' })),
    ).rejects.toThrow(/public hub/);
    await expect(registered(() => endpoint({ instanceType: 'g6.xlarge' }))).rejects.toThrow(/ml\.g6\.xlarge/);
    await expect(registered(() => endpoint({ instanceCount: 0 }))).rejects.toThrow(/one instance/);
  });
});
