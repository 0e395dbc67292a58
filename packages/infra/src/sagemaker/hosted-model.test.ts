import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards } from '../testing/index.ts';
import type { ModelSource } from './model-source.ts';
import { largeModelImage, repositoryArn } from './model-image.ts';
import { COLLECTION, MODEL, model } from './testing.ts';

const TYPE = 'aws:sagemaker/model:Model';
const from = async (source: ModelSource) =>
  only(await registered(() => model({ source })), TYPE).inputs['primaryContainer'];

describe('HostedModel', () => {
  it('is cut off from every network but its own subnets, and says what it is', async () => {
    expect(only(await registered(() => model()), TYPE).inputs).toMatchObject({
      enableNetworkIsolation: true,
      vpcConfig: { subnets: ['subnet-a', 'subnet-b'], securityGroupIds: ['sg-a'] },
      tags: { 'model-id': 'HuggingFaceTB/SmolLM2-135M-Instruct', license: 'Apache-2.0', digest: 'sha256:abc' },
    });
  });

  it('reads weights as they lie in S3, and its image from ECR', async () => {
    expect(await from(MODEL.source)).toMatchObject({
      environment: { OPTION_MAX_MODEL_LEN: '4096' },
      imageConfig: { repositoryAccessMode: 'Platform' },
      modelDataSource: {
        s3DataSources: [{ s3Uri: 's3://weights/smollm2/', s3DataType: 'S3Prefix', compressionType: 'None' }],
      },
    });
  });

  it('takes an image from a registry inside the VPC, and then asks nothing of ECR', async () => {
    const registry = {
      kind: 'in-vpc',
      credentialsProviderArn: 'arn:aws:lambda:us-east-1:123456789012:function:login',
    } as const;
    const source = { ...MODEL.source, image: 'registry.internal/vllm:1', registry } as ModelSource;
    const resources = await registered(() => model({ source }));
    expect(only(resources, TYPE).inputs['primaryContainer']).toMatchObject({
      imageConfig: {
        repositoryAccessMode: 'Vpc',
        repositoryAuthConfig: { repositoryCredentialsProviderArn: registry.credentialsProviderArn },
      },
    });
    expect(
      statementsOf(resources)
        .flatMap(({ Action }) => Action)
        .join(),
    ).not.toContain('ecr:');
  });

  it('takes JumpStart models from the bucket of the Region, gated ones with their licence accepted', async () => {
    const image = largeModelImage(PLACEMENT, 'gpu');
    const open = await from({ kind: 'jumpstart', image, prefix: 'some-model/artifacts/' });
    expect(JSON.stringify(open)).toContain('s3://jumpstart-cache-prod-us-east-1/some-model/artifacts/');
    const gated = await from({ kind: 'jumpstart', image, prefix: 'some-model/', gated: { acceptEula: true } });
    expect(gated).toMatchObject({
      modelDataSource: {
        s3DataSources: [
          { s3Uri: 's3://jumpstart-private-cache-prod-us-east-1/some-model/', modelAccessConfig: { acceptEula: true } },
        ],
      },
    });
  });

  it('takes a package from Marketplace or our registry whole', async () => {
    const modelPackageArn = 'arn:aws:sagemaker:us-east-1:123456789012:model-package/writer/3';
    expect(await from({ kind: 'package', modelPackageArn })).toEqual({ modelPackageName: modelPackageArn });
  });

  it('loads a collection by name, and keeps what it loaded', async () => {
    expect(await from(COLLECTION)).toMatchObject({
      mode: 'MultiModel',
      modelDataUrl: 's3://weights/adapters/',
      multiModelConfig: { modelCacheSetting: 'Enabled' },
    });
  });

  it('may fetch its weights and image, put interfaces in its subnets, and nothing else', async () => {
    const resources = await registered(() => model());
    const granted = statementsOf(resources).filter(({ resource }) => resource.startsWith('aws:iam/rolePolicy'));
    expect(granted.map(({ Sid, Resource }) => [Sid, ...Resource])).toEqual([
      ['ReadObjects', 'arn:aws:s3:::weights/smollm2/*'],
      ['ListObjects', 'arn:aws:s3:::weights'],
      ['PullImage', 'arn:aws:ecr:us-east-1:123456789012:repository/servers/vllm'],
      ['LogInToRegistry', '*'],
      ['UseKeyThroughServices', KEY_ARN],
      [
        'MakeInterfaces',
        'arn:aws:ec2:us-east-1:123456789012:subnet/subnet-a',
        'arn:aws:ec2:us-east-1:123456789012:subnet/subnet-b',
        'arn:aws:ec2:us-east-1:123456789012:security-group/sg-a',
        'arn:aws:ec2:us-east-1:123456789012:network-interface/*',
      ],
      ['HandOverInterfaces', 'arn:aws:ec2:us-east-1:123456789012:network-interface/*'],
      ['DescribeNetwork', '*'],
    ]);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('is trusted to SageMaker on behalf of this account alone', async () => {
    const role = only(await registered(() => model()), 'aws:iam/role:Role');
    expect(role.inputs['assumeRolePolicy']).toContain('sagemaker.amazonaws.com');
    expect(role.inputs['assumeRolePolicy']).toContain(`"aws:SourceAccount":"${String(PLACEMENT.account)}"`);
  });
});

describe('images', () => {
  it('come from the registry of the Region', () => {
    expect(largeModelImage({ ...PLACEMENT, region: 'eu-south-1' }, 'inferentia')).toMatch(
      /^692866216735\.dkr\.ecr\.eu-south-1\.amazonaws\.com\/djl-inference:.*neuronx/,
    );
    expect(largeModelImage({ ...PLACEMENT, region: 'cn-north-1', partition: 'aws-cn' }, 'cpu')).toContain(
      '.amazonaws.com.cn/',
    );
    expect(largeModelImage(PLACEMENT, 'gpu', 'sha256:abc')).toMatch(/djl-inference@sha256:abc$/);
  });

  it('outside ECR have no repository to be granted', () => {
    expect(() => repositoryArn('aws', 'docker.io/vllm/vllm-openai:latest')).toThrow(/no ECR image/);
    expect(repositoryArn('aws', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b:1')).toBe(
      'arn:aws:ecr:eu-west-1:123456789012:repository/a/b',
    );
  });
});
