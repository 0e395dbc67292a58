import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { invokeNeedsGuardrail } from './invoke-needs-guardrail.ts';

const MODEL = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0';
const GUARDRAIL = 'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc123:1';
const invoke = (Condition?: object, Action = 'bedrock:InvokeModel') => ({
  policy: JSON.stringify({ Statement: { Effect: 'Allow', Action, Resource: MODEL, Condition } }),
});

describeRule(invokeNeedsGuardrail, {
  passes: {
    'a call bound to the guardrail': invoke({ StringEquals: { 'bedrock:GuardrailIdentifier': GUARDRAIL } }),
    'a condition key in another case': invoke({ ArnLike: { 'Bedrock:guardrailidentifier': [GUARDRAIL] } }),
    'a policy that calls no model': {
      policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:GetObject' }] }),
    },
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
    'another key': { given: invoke({ StringEquals: { 'aws:SourceAccount': '123456789012' } }), says: /without/ },
  },
  missing: { fails: { 'no condition': { given: invoke(), says: /without a guardrail/ } } },
  unknown: { 'the document': { policy: UNKNOWN } },
});
