import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { noWildcardAction } from './no-wildcard-action.ts';

const policy = (...statements: object[]) => ({
  policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
});
const allow = (Action: string | string[]) => policy({ Effect: 'Allow', Action, Resource: '*' });

describeRule(noWildcardAction, {
  passes: {
    'listed actions': allow(['s3:GetObject', 'kms:Decrypt']),
    'a prefix of actions': allow('logs:Put*'),
    'a wildcard that is denied': policy({ Effect: 'Deny', Action: '*', Resource: '*' }),
    'a document given as an object': {
      policy: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] },
    },
    'a role with narrow inline policies': [
      sample('aws:iam/role:Role', { inlinePolicies: [{ name: 'read', ...allow('s3:GetObject') }] }),
    ],
  },
  fails: {
    'every action of every service': { given: allow('*'), says: /allows \*/ },
    'every action of Bedrock': { given: allow(['s3:GetObject', 'bedrock:*']), says: /bedrock:\*/ },
    'a wildcard in the service': { given: allow('bed*:InvokeModel'), says: /bed\*/ },
    'everything except some actions': {
      given: policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
      says: /NotAction/,
    },
    'a wildcard among inline policies of a role': {
      given: [sample('aws:iam/role:Role', { inlinePolicies: [{ name: 'all', ...allow('s3:*') }] })],
      says: /s3:\*/,
    },
    'text that is no document': { given: { policy: 'allow all' }, says: /cannot be read/ },
  },
  missing: { passes: { 'a role without inline policies': [sample('aws:iam/role:Role', {})] } },
  unknown: {
    'a whole document': { policy: UNKNOWN },
    'inline policies': [sample('aws:iam/role:Role', { inlinePolicies: UNKNOWN })],
    'one inline document': [sample('aws:iam/role:Role', { inlinePolicies: [{ name: 'later', policy: UNKNOWN }] })],
  },
});
