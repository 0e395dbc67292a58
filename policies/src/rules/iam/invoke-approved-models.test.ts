import { expect, it } from 'vitest';
import { evaluate } from '../../evaluate.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { Unknown } from '../../unknown.ts';
import { invokeApprovedModels } from './invoke-approved-models.ts';

const invoke = (...Resource: string[]) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'bedrock:InvokeModelWithResponseStream', Resource }] });
const model = (id: string) => `arn:aws:bedrock:us-east-1::foundation-model/${id}`;

describeRule(invokeApprovedModels, {
  passes: {
    'an approved model': { policy: invoke(model('amazon.nova-lite-v1:0')) },
    'an approved cross-region profile': {
      policy: invoke('arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0'),
    },
    'an application profile': {
      policy: invoke('arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123'),
    },
    'a batch, named as it starts': {
      policy: invoke(model('amazon.nova-lite-v1:0'), 'arn:aws:bedrock:us-east-1:123456789012:model-invocation-job/*'),
    },
    'a policy that calls no model': {
      policy: '{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}',
    },
  },
  fails: {
    'every resource': { given: { policy: invoke('*') }, says: /allowed to \*/ },
    'every model': { given: { policy: invoke(model('*')) }, says: /foundation-model\/\*/ },
    'every model of a provider': { given: { policy: invoke(model('amazon.*')) }, says: /amazon\.\*/ },
    'a model nobody approved': { given: { policy: invoke(model('acme.unread-terms-v1:0')) }, says: /acme/ },
  },
  missing: {
    fails: {
      'no resource at all': {
        given: { policy: '{"Statement":[{"Effect":"Allow","Action":"bedrock:InvokeModel"}]}' },
        says: /allowed to \*/,
      },
    },
  },
  unknown: { 'the document': { policy: UNKNOWN } },
});

const planned = (template: string) =>
  evaluate(
    [invokeApprovedModels],
    [sample('aws:iam/rolePolicy:RolePolicy', { policy: new Unknown('policy', [], template) } as object)],
  );

it('accepts a profile that the stack itself creates, before its ARN exists', () => {
  expect(planned(invoke('«inferenceProfile:chat.arn»'))).toEqual([]);
});

it('says "not yet known" of an ARN that only some other resource will tell', () => {
  expect(planned(invoke('«parameter:model.value»'))).toMatchObject([{ kind: 'not-yet-known', level: 'advisory' }]);
});

it('refuses a wildcard beside unknown parts', () => {
  expect(planned(invoke('«inferenceProfile:chat.arn»', '*'))).toMatchObject([{ kind: 'violation' }]);
});
