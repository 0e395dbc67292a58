import { describe, expect, it } from 'vitest';
import { modelIdOf } from '../../model-records.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { modelRecord } from './model-record.ts';

const profile = (copyFrom: string) => [
  sample('aws:bedrock/inferenceProfile:InferenceProfile', { modelSource: { copyFrom } }),
];
const front = (modelId: string) => [
  sample('aws:lambda/function:Function', {
    environment: {
      variables: { PLINTH_CATALOG: JSON.stringify([{ id: 'chat', target: { kind: 'bedrock', modelId } }]) },
    },
  }),
];

const hosted = (modelId: unknown) => [sample('aws:sagemaker/model:Model', { tags: { 'model-id': modelId } } as object)];

describeRule(modelRecord, {
  passes: {
    'a recorded model we host': hosted('Qwen/Qwen3-8B'),
    'a recorded model': profile('arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0'),
    'a recorded model behind a cross-region profile': front('us.amazon.nova-lite-v1:0'),
    'an application profile, judged where it is defined': front(
      'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc',
    ),
    'a model of a server of our own': [
      sample('aws:lambda/function:Function', {
        environment: { variables: { PLINTH_CATALOG: '[{"id":"own","target":{"kind":"openai","modelId":"x"}}]' } },
      }),
    ],
  },
  fails: {
    'a model without a record': {
      given: front('acme.unread-terms-v1:0'),
      says: /acme\.unread-terms-v1:0 has no licence record/,
    },
    'a model we host without a record': { given: hosted('acme/unread'), says: /acme\/unread has no licence record/ },
    'a model approved elsewhere only': {
      given: front('meta.llama3-1-8b-instruct-v1:0'),
      says: /not approved in production/,
    },
  },
  missing: { passes: { 'no model': [sample('aws:lambda/function:Function', {})] } },
  unknown: {
    'which model we host': hosted(UNKNOWN),
    'what a profile copies': profile(UNKNOWN),
    'a whole model source': [sample('aws:bedrock/inferenceProfile:InferenceProfile', { modelSource: UNKNOWN })],
    'the catalogue of a front': [
      sample('aws:lambda/function:Function', { environment: { variables: { PLINTH_CATALOG: UNKNOWN } } }),
    ],
  },
});

describe('modelIdOf', () => {
  it.each([
    ['amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
    ['us.amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
    ['arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
    ['arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
    ['arn:aws:bedrock:eu-west-1:1:application-inference-profile/abc', undefined],
    ['arn:aws:s3:::bucket', undefined],
  ])('reads %s as %s', (text, modelId) => {
    expect(modelIdOf(text)).toBe(modelId);
  });
});
