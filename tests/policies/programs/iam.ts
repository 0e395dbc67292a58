import * as aws from '@pulumi/aws';
import { program } from '../program.ts';

const MODEL = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0';
const GUARDRAIL = 'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc:1';

const allow = (statement: object) =>
  new aws.iam.RolePolicy('chat', {
    role: 'chat',
    policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }),
  });
const invoke = (changes: object) =>
  allow({
    Action: ['bedrock:InvokeModel'],
    Resource: [MODEL],
    Condition: { StringEquals: { 'bedrock:GuardrailIdentifier': GUARDRAIL } },
    ...changes,
  });

export const programs = [
  program('every Bedrock action', ['iam-no-wildcard-action'], (sound) =>
    allow({ Action: sound ? ['bedrock:GetGuardrail'] : ['bedrock:*'], Resource: GUARDRAIL }),
  ),
  program('a managed policy with full access', ['iam-no-full-access-managed-policy'], (sound) => {
    const policyArn = `arn:aws:iam::aws:policy/${sound ? 'AmazonBedrockReadOnly' : 'AmazonBedrockFullAccess'}`;
    new aws.iam.RolePolicyAttachment('chat', { role: 'chat', policyArn });
  }),
  program('model calls without the guardrail', ['iam-invoke-needs-guardrail'], (sound) =>
    invoke(sound ? {} : { Condition: undefined }),
  ),
  program('calls of any model', ['iam-invoke-approved-models'], (sound) => invoke(sound ? {} : { Resource: ['*'] })),
];
