import * as aws from '@pulumi/aws';
import { program } from '../program.ts';

const ROLE = 'arn:aws:iam::123456789012:role/model';
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/data';
const IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/vllm:0.11';

const model = (changes: Partial<aws.sagemaker.ModelArgs>) =>
  new aws.sagemaker.Model('chat', {
    executionRoleArn: ROLE,
    primaryContainer: { image: IMAGE, environment: { SM_VLLM_MAX_MODEL_LEN: '8192' } },
    ...changes,
  });
const configuration = (changes: Partial<aws.sagemaker.EndpointConfigurationArgs>) =>
  new aws.sagemaker.EndpointConfiguration('chat', {
    productionVariants: [{ modelName: 'chat', instanceType: 'ml.inf2.xlarge', initialInstanceCount: 2 }],
    ...changes,
  });
const variant = (initialInstanceCount: number, instanceType = 'ml.inf2.xlarge') => ({
  productionVariants: [{ modelName: 'chat', instanceType, initialInstanceCount }],
});

export const programs = [
  program('weights in the clear', ['sagemaker-endpoint-encryption'], (sound) =>
    configuration(sound ? { kmsKeyArn: KEY } : {}),
  ),
  program('a key AWS refuses', ['sagemaker-endpoint-encryption'], (sound) =>
    configuration({ ...variant(2, 'ml.g6.xlarge'), ...(!sound && { kmsKeyArn: KEY }) }),
  ),
  program('a model that may call anybody', ['sagemaker-model-network-isolation'], (sound) =>
    model({ enableNetworkIsolation: sound }),
  ),
  program('a model outside the VPC', ['sagemaker-model-in-vpc'], (sound) =>
    model(sound ? { vpcConfig: { subnets: ['subnet-1'], securityGroupIds: ['sg-1'] } } : {}),
  ),
  program('a model without a licence', ['tags-model-provenance'], (sound) =>
    model({ tags: { 'model-id': 'Qwen/Qwen3-8B', digest: 'sha256:abc', ...(sound && { license: 'Apache-2.0' }) } }),
  ),
  program('a hosted model nobody has a record of', ['bedrock-model-record'], (sound) =>
    model({ tags: { 'model-id': sound ? 'Qwen/Qwen3-8B' : 'acme/unread' } }),
  ),
  program('vLLM that trusts the weights', ['vllm-bounded-and-trusted'], (sound) =>
    model({
      primaryContainer: {
        image: IMAGE,
        environment: { SM_VLLM_MAX_MODEL_LEN: '8192', SM_VLLM_TRUST_REMOTE_CODE: String(!sound) },
      },
    }),
  ),
  program('one instance', ['sagemaker-two-instances'], (sound) => configuration(variant(sound ? 2 : 1))),
  program('a deployment with no way back', ['sagemaker-rollback-alarms'], (sound) => {
    new aws.sagemaker.Endpoint('chat', {
      endpointConfigName: 'chat',
      ...(sound && { deploymentConfig: { autoRollbackConfiguration: { alarms: [{ alarmName: 'errors' }] } } }),
    });
  }),
  program('failures nobody hears of', ['sagemaker-async-failure-path'], (sound) =>
    configuration({
      asyncInferenceConfig: {
        outputConfig: {
          s3OutputPath: 's3://results/done',
          ...(sound && {
            s3FailurePath: 's3://results/failed',
            notificationConfig: { errorTopic: 'arn:aws:sns:us-east-1:123456789012:failed' },
          }),
        },
      },
    }),
  ),
  program(
    'eight H100s in dev',
    ['accelerator-allow-list'],
    (sound) => configuration(variant(1, sound ? 'ml.g6.xlarge' : 'ml.p5.48xlarge')),
    { environment: 'dev' },
  ),
];
