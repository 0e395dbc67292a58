import { KEY_ARN, PLACEMENT, TOPIC_ARN } from '../testing/fixtures.ts';
import { HostedModel, type HostedModelArgs } from './hosted-model.ts';

/** Arguments that tests of this folder begin with. */
export const MODEL: HostedModelArgs = {
  placement: PLACEMENT,
  source: {
    kind: 's3',
    image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/servers/vllm@sha256:0123',
    data: { bucketName: 'weights', prefix: 'smollm2/' },
    environment: { OPTION_MAX_MODEL_LEN: '4096' },
  },
  card: { modelId: 'HuggingFaceTB/SmolLM2-135M-Instruct', license: 'Apache-2.0', digest: 'sha256:abc' },
  network: { kind: 'isolated', subnetIds: ['subnet-a', 'subnet-b'], securityGroupIds: ['sg-a'] },
  dataKeyArn: KEY_ARN,
};

export const model = (change: Partial<HostedModelArgs> = {}, name = 'writer') =>
  new HostedModel(name, { ...MODEL, ...change });

/** A source that multi-model hosting takes. */
export const COLLECTION: HostedModelArgs['source'] = {
  kind: 'collection',
  image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/servers/multi:1',
  data: { bucketName: 'weights', prefix: 'adapters/' },
};

export const ENDPOINT = { placement: PLACEMENT, keyArn: KEY_ARN, logKeyArn: KEY_ARN, alarms: { topicArn: TOPIC_ARN } };
