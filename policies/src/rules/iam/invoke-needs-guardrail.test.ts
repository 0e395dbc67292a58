import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { invokeNeedsGuardrail } from './invoke-needs-guardrail.ts';

const MODEL = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0';
const GUARDRAIL = 'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc123:1';
const TITAN = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0';
const RERANK = 'arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0';
const invoke = (Condition?: object, Action = 'bedrock:InvokeModel', Resource: string | string[] = MODEL) => ({
  policy: JSON.stringify({ Statement: { Effect: 'Allow', Action, Resource, Condition } }),
});

describeRule(invokeNeedsGuardrail, {
  passes: {
    'a call bound to the guardrail': invoke({ StringEquals: { 'bedrock:GuardrailIdentifier': GUARDRAIL } }),
    'a condition key in another case': invoke({ ArnLike: { 'Bedrock:guardrailidentifier': [GUARDRAIL] } }),
    'a model that answers with vectors, which no guardrail looks at': invoke(undefined, undefined, TITAN),
    'a model that answers with numbers, too': invoke(undefined, undefined, RERANK),
    'a policy that calls no model': {
      policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:GetObject' }] }),
    },
    'a batch, which no guardrail sees': invoke(undefined, 'bedrock:CreateModelInvocationJob'),
    'a call that is denied': {
      policy: JSON.stringify({ Statement: [{ Effect: 'Deny', Action: 'bedrock:InvokeModel' }] }),
    },
  },
  fails: {
    'a condition that is skipped when the key is absent': {
      given: invoke({ StringEqualsIfExists: { 'bedrock:GuardrailIdentifier': GUARDRAIL } }),
      says: /without a guardrail/,
    },
    'any guardrail at all': { given: invoke({ StringLike: { 'bedrock:GuardrailIdentifier': '*' } }), says: /without/ },
    'a negated condition': {
      given: invoke({ StringNotEquals: { 'bedrock:GuardrailIdentifier': 'x' } }),
      says: /without/,
    },
    'a prefix that covers the streaming call': { given: invoke(undefined, 'bedrock:Invoke*'), says: /Invoke\*/ },
    'a model that writes beside one that embeds': {
      given: invoke(undefined, undefined, [TITAN, MODEL]),
      says: /without/,
    },
    'all that embeds': { given: invoke(undefined, undefined, TITAN.replace('v2:0', '*')), says: /without/ },
    'another key': { given: invoke({ StringEquals: { 'aws:SourceAccount': '123456789012' } }), says: /without/ },
  },
  missing: { fails: { 'no condition': { given: invoke(), says: /without a guardrail/ } } },
  unknown: { 'the document': { policy: UNKNOWN } },
});
