import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { BatchInferenceRole, type BatchModel } from './batch-inference-role.ts';
import { CustomModel, type CustomModelArgs } from './custom-model.ts';
import { EvaluationRole } from './evaluation-role.ts';
import { ProvisionedThroughput, type ProvisionedThroughputArgs } from './provisioned-throughput.ts';

const IN = { bucketName: 'work', prefix: 'in/' };
const OUT = { bucketName: 'work', prefix: 'out/' };
const NOVA = 'amazon.nova-lite-v1:0';
const rolePolicies = (resources: Parameters<typeof statementsOf>[0]) =>
  statementsOf(resources).filter(({ resource }) => resource.startsWith('aws:iam/rolePolicy'));

const batches = (...models: BatchModel[]) =>
  new BatchInferenceRole('batches', { placement: PLACEMENT, models, input: IN, output: OUT, keyArn: KEY_ARN });
const FOUNDATION: BatchModel = { kind: 'foundation', modelId: NOVA };
const PROFILE: BatchModel = { kind: 'profile', systemProfile: `us.${NOVA}`, regions: ['us-east-1', 'us-west-2'] };

describe('BatchInferenceRole', () => {
  it('reads batches and writes answers, each under its prefix', async () => {
    const resources = await registered(() => batches(FOUNDATION));
    expect(rolePolicies(resources).map(({ Sid, Resource }) => `${Sid} ${Resource.join()}`)).toEqual([
      'ReadObjects arn:aws:s3:::work/in/*',
      'ListObjects arn:aws:s3:::work',
      'WriteObjects arn:aws:s3:::work/out/*',
      `UseKeyThroughServices ${KEY_ARN}`,
    ]);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('calls models only where they lie behind a profile', async () => {
    const call = rolePolicies(await registered(() => batches(PROFILE))).find(
      ({ Sid }) => Sid === 'CallThroughProfiles',
    );
    expect(call?.Resource).toEqual([
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0',
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
      'arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0',
    ]);
  });

  it('is passed to Bedrock alone, by a submitter who names approved models', async () => {
    await registered(async () => {
      const grants = await valueOf(batches(FOUNDATION).grantSubmit());
      expect(grants.find(({ Sid }) => Sid === 'PassRole')?.Condition).toEqual({
        StringEquals: { 'iam:PassedToService': 'bedrock.amazonaws.com' },
      });
      expect(grants.find(({ Sid }) => Sid === 'SubmitBatches')?.Resource).toEqual([
        'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
        'arn:aws:bedrock:us-east-1:123456789012:model-invocation-job/*',
      ]);
      expect(JSON.stringify(grants)).not.toContain('bedrock:InvokeModel');
    });
  });
});

describe('a workflow that runs batches', () => {
  it('submits, watches and stops them, and sees none of their text', async () => {
    await registered(async () => {
      const grants = await valueOf(batches(FOUNDATION).grantRun());
      expect(grants.map(({ Sid }) => Sid)).toEqual(['SubmitBatches', 'TagBatches', 'WatchBatches', 'PassRole']);
    });
  });
});

describe('EvaluationRole', () => {
  const evaluations = () =>
    new EvaluationRole('quality', {
      placement: PLACEMENT,
      modelIds: [NOVA],
      dataset: IN,
      results: OUT,
      keyArn: KEY_ARN,
    });

  it('calls the models it measures, and no other', async () => {
    const resources = await registered(evaluations);
    expect(rolePolicies(resources).find(({ Sid }) => Sid === 'CallEvaluatedModels')?.Resource).toEqual([
      `arn:aws:bedrock:us-east-1::foundation-model/${NOVA}`,
    ]);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('is passed to Bedrock alone', async () => {
    await registered(async () => {
      const grants = await valueOf(evaluations().grantSubmit());
      expect(grants.find(({ Sid }) => Sid === 'PassRole')?.Condition).toEqual({
        StringEquals: { 'iam:PassedToService': 'bedrock.amazonaws.com' },
      });
    });
  });
});

describe('CustomModel', () => {
  const TYPE = 'aws:bedrock/customModel:CustomModel';
  const tuned = (change: Partial<CustomModelArgs> = {}) =>
    registered(
      () =>
        new CustomModel('tone', {
          placement: PLACEMENT,
          baseModelId: 'amazon.nova-lite-v1:0:300k',
          data: IN,
          trainingFile: 'train.jsonl',
          output: OUT,
          keyArn: KEY_ARN,
          hyperparameters: { epochCount: '2' },
          ...change,
        }),
    );

  it('is tuned on our file and encrypted under our key', async () => {
    expect(only(await tuned({ validationFiles: ['check.jsonl'] }), TYPE).inputs).toMatchObject({
      baseModelIdentifier: 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0:300k',
      customizationType: 'FINE_TUNING',
      customModelKmsKeyId: KEY_ARN,
      trainingDataConfig: { s3Uri: 's3://work/in/train.jsonl' },
      validationDataConfig: { validators: [{ s3Uri: 's3://work/in/check.jsonl' }] },
      outputDataConfig: { s3Uri: 's3://work/out/' },
    });
  });

  it('gets names of its own with every change of settings, since Bedrock takes none twice', async () => {
    const jobName = async (change?: Partial<CustomModelArgs>) => only(await tuned(change), TYPE).inputs['jobName'];
    expect(await jobName()).toBe(await jobName());
    expect(await jobName({ hyperparameters: { epochCount: '3' } })).not.toBe(await jobName());
  });

  it('reads its data through our subnets where that is asked for', async () => {
    const resources = await tuned({ network: { subnetIds: ['subnet-a'], securityGroupIds: ['sg-a'] } });
    expect(only(resources, TYPE).inputs['vpcConfig']).toEqual({ subnetIds: ['subnet-a'], securityGroupIds: ['sg-a'] });
    expect(rolePolicies(resources).map(({ Sid }) => Sid)).toContain('TagInterfaces');
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('refuses more files than Bedrock measures on', async () => {
    await expect(tuned({ validationFiles: Array.from({ length: 11 }, (_, index) => `${index}`) })).rejects.toThrow(
      /ten/,
    );
  });
});

describe('ProvisionedThroughput', () => {
  const TYPE = 'aws:bedrock/provisionedModelThroughput:ProvisionedModelThroughput';
  const units = (change: Partial<ProvisionedThroughputArgs> = {}) =>
    registered(() => new ProvisionedThroughput('tone', { modelArn: 'arn:model', ...change }));

  it('buys one unit by the hour unless told otherwise', async () => {
    const { inputs } = only(await units(), TYPE);
    expect(inputs).toMatchObject({ modelUnits: 1, provisionedModelName: 'plinth-dev-tone' });
    expect(inputs).not.toHaveProperty('commitmentDuration');
  });

  it('commits for as long as asked', async () => {
    const duration = async (months: 1 | 6) =>
      only(await units({ commitment: { kind: 'committed', months } }), TYPE).inputs['commitmentDuration'];
    expect([await duration(1), await duration(6)]).toEqual(['OneMonth', 'SixMonths']);
  });

  it('refuses to pass its cap', async () => {
    await expect(units({ modelUnits: 2 })).rejects.toThrow(/maxModelUnits/);
    await expect(units({ modelUnits: 2, maxModelUnits: 2 })).resolves.toBeDefined();
  });
});
