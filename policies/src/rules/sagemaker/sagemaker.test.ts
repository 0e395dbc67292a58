import { expect, it } from 'vitest';
import { evaluate } from '../../evaluate.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { Unknown } from '../../unknown.ts';
import { asyncFailurePath } from './async-failure-path.ts';
import { endpointEncryption } from './endpoint-encryption.ts';
import { modelInVpc } from './model-in-vpc.ts';
import { modelNetworkIsolation } from './model-network-isolation.ts';
import { rollbackAlarms } from './rollback-alarms.ts';
import { twoInstances } from './two-instances.ts';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1234';
const variants = (...types: unknown[]) => types.map((instanceType) => ({ instanceType, initialInstanceCount: 2 }));

describeRule(endpointEncryption, {
  passes: {
    'a key of ours': { kmsKeyArn: KEY, productionVariants: variants('ml.inf2.xlarge') },
    'no key where the disks encrypt themselves': { productionVariants: variants('ml.g5.xlarge') },
  },
  fails: {
    'the key AWS manages': {
      given: { kmsKeyArn: 'alias/aws/sagemaker', productionVariants: variants('ml.m5.xlarge') },
      says: /customer-managed/,
    },
    'a key AWS would refuse': {
      given: { kmsKeyArn: KEY, productionVariants: variants('ml.m5.xlarge', 'ml.g6.xlarge') },
      says: /could not be created/,
    },
  },
  missing: {
    fails: { 'no key': { given: { productionVariants: variants('ml.m5.xlarge') }, says: /customer-managed/ } },
  },
  unknown: {
    'the key': { kmsKeyArn: UNKNOWN, productionVariants: variants('ml.m5.xlarge') },
    'the instance type, without a key': { productionVariants: variants(UNKNOWN) },
    'the variants': { productionVariants: UNKNOWN },
  },
});

const ECR_IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/vllm@sha256:abc';
const VPC = { subnets: ['subnet-1'], securityGroupIds: ['sg-1'] };
const model = (changes: object = {}) =>
  sample('aws:sagemaker/model:Model', {
    name: 'chat',
    enableNetworkIsolation: true,
    vpcConfig: VPC,
    primaryContainer: { image: ECR_IMAGE },
    ...changes,
  } as object);
const served = (variant: object) =>
  sample('aws:sagemaker/endpointConfiguration:EndpointConfiguration', {
    productionVariants: [{ modelName: 'chat', ...variant }],
  } as object);
const serverless = served({ serverlessConfig: { memorySizeInMb: 4096, maxConcurrency: 5 } });

describeRule(modelNetworkIsolation, {
  passes: {
    'an isolated model': [model()],
    'a serverless model, which AWS cannot isolate': [model({ enableNetworkIsolation: false }), serverless],
  },
  fails: {
    'a model that may call out': { given: [model({ enableNetworkIsolation: false })], says: /may call anybody/ },
    'one behind an instance': {
      given: [model({ enableNetworkIsolation: false }), served({ instanceType: 'ml.g5.xlarge' })],
      says: /may call anybody/,
    },
  },
  missing: {
    fails: { 'left out': { given: [model({ enableNetworkIsolation: undefined })], says: /may call anybody/ } },
  },
  unknown: { 'the setting': [model({ enableNetworkIsolation: UNKNOWN })] },
});

const image = (name: unknown, repositoryAccessMode?: unknown) => ({
  primaryContainer: { image: name, imageConfig: repositoryAccessMode && { repositoryAccessMode } },
});

describeRule(modelInVpc, {
  passes: {
    'an image in ECR': [model()],
    'a registry of the VPC': [model(image('registry.internal/vllm:1', 'Vpc'))],
    'a model package': [model({ primaryContainer: { modelPackageName: 'arn:package' } })],
    'a serverless model': [model({ vpcConfig: undefined }), serverless],
  },
  fails: {
    'a public registry': { given: [model(image('docker.io/vllm/vllm-openai:v1'))], says: /outside ECR/ },
    'one container of several': {
      given: [model({ primaryContainer: undefined, containers: [{ image: ECR_IMAGE }, { image: 'ghcr.io/x/y' }] })],
      says: /outside ECR/,
    },
    'no security group': { given: [model({ vpcConfig: { ...VPC, securityGroupIds: [] } })], says: /not in a VPC/ },
  },
  missing: { fails: { 'no VPC': { given: [model({ vpcConfig: undefined })], says: /not in a VPC/ } } },
  unknown: {
    'the subnets': [model({ vpcConfig: { ...VPC, subnets: UNKNOWN } })],
    'the image': [model(image(UNKNOWN))],
    'the access mode': [model(image('registry.internal/vllm:1', UNKNOWN))],
    'the containers': [model({ primaryContainer: UNKNOWN })],
  },
});

it('knows an image of a repository of the stack, whatever its account', () => {
  const planned = model(image(new Unknown('', [], '«repository:vllm.repositoryUrl»:v1')));
  expect(evaluate([modelInVpc], [planned])).toEqual([]);
});

const config = (variant: object, more: object = {}) =>
  sample('aws:sagemaker/endpointConfiguration:EndpointConfiguration', {
    name: 'chat-config',
    productionVariants: [variant],
    ...more,
  } as object);
const endpoint = sample('aws:sagemaker/endpoint:Endpoint', { name: 'chat', endpointConfigName: 'chat-config' });
const target = (minCapacity: unknown, resourceId: unknown = 'endpoint/chat/variant/main') =>
  sample('aws:appautoscaling/target:Target', {
    serviceNamespace: 'sagemaker',
    resourceId,
    minCapacity,
    maxCapacity: 4,
  } as object);
const managed = (minInstanceCount: unknown) => ({ managedInstanceScaling: { status: 'ENABLED', minInstanceCount } });

describeRule(twoInstances, {
  passes: {
    'two to start with': [config({ initialInstanceCount: 2 })],
    'a serverless variant': [config({ serverlessConfig: { maxConcurrency: 5 } })],
    'managed scaling from two': [config({ initialInstanceCount: 1, ...managed(2) })],
    'a target that keeps two': [config({ initialInstanceCount: 1 }), endpoint, target(2)],
    'an asynchronous endpoint that starts from nothing': [
      config({ initialInstanceCount: 1 }, { asyncInferenceConfig: { outputConfig: {} } }),
    ],
  },
  fails: {
    'one instance': { given: [config({ initialInstanceCount: 1 })], says: /on 1 instance\./ },
    'managed scaling down to none': {
      given: [config({ initialInstanceCount: 4, ...managed(0) })],
      says: /on 0 instances/,
    },
    'a target that goes down to one': {
      given: [config({ initialInstanceCount: 4 }), endpoint, target(1)],
      says: /on 1 instance\./,
    },
    'a target of another endpoint': {
      given: [config({ initialInstanceCount: 1 }), endpoint, target(2, 'endpoint/other/variant/main')],
      says: /on 1 instance\./,
    },
  },
  missing: { fails: { 'no count, which AWS takes for one': { given: [config({})], says: /on 1 instance\./ } } },
  unknown: {
    'the count': [config({ initialInstanceCount: UNKNOWN })],
    'the least of managed scaling': [config(managed(UNKNOWN))],
    'whether it scales': [
      config({ initialInstanceCount: 2, managedInstanceScaling: { status: UNKNOWN, minInstanceCount: 0 } }),
    ],
    'the scaling': [config({ managedInstanceScaling: UNKNOWN })],
    'the least of a target': [config({ initialInstanceCount: 4 }), endpoint, target(UNKNOWN)],
    'the variants': [
      sample('aws:sagemaker/endpointConfiguration:EndpointConfiguration', { productionVariants: UNKNOWN } as object),
    ],
  },
});

const rollback = (alarms: unknown) => ({ deploymentConfig: { autoRollbackConfiguration: { alarms } } });

describeRule(rollbackAlarms, {
  passes: {
    'an alarm': rollback([{ alarmName: 'errors' }]),
    'an alarm named later': rollback([{ alarmName: UNKNOWN }]),
  },
  fails: { 'an empty list': { given: rollback([]), says: /No alarm/ } },
  missing: {
    fails: {
      'no deployment settings': { given: {}, says: /No alarm/ },
      'no rollback': { given: { deploymentConfig: {} }, says: /No alarm/ },
    },
  },
  unknown: { 'the alarms': rollback(UNKNOWN), 'the deployment settings': { deploymentConfig: UNKNOWN } },
});

const async = (outputConfig: unknown) => ({ asyncInferenceConfig: { outputConfig } });
const OUTPUT = { s3FailurePath: 's3://b/failed', notificationConfig: { errorTopic: 'arn:topic' } };

describeRule(asyncFailurePath, {
  passes: { 'a path and a topic': async(OUTPUT), 'an endpoint that answers at once': { productionVariants: [] } },
  fails: {
    'an empty path': { given: async({ ...OUTPUT, s3FailurePath: '' }), says: /s3FailurePath/ },
    'a topic for successes only': {
      given: async({ ...OUTPUT, notificationConfig: { successTopic: 'arn:topic' } }),
      says: /errorTopic/,
    },
  },
  missing: { fails: { 'both left out': { given: async({}), says: /s3FailurePath[\s\S]*errorTopic/ } } },
  unknown: {
    'the path': async({ ...OUTPUT, s3FailurePath: UNKNOWN }),
    'the topic': async({ ...OUTPUT, notificationConfig: { errorTopic: UNKNOWN } }),
    'the output': async(UNKNOWN),
  },
});
