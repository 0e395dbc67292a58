import { expect, it } from 'vitest';
import { evaluate } from '../../evaluate.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { Unknown } from '../../unknown.ts';
import { lambdaEnvironmentEncryption } from './environment-encryption.ts';
import { lambdaEnvironmentSecrets } from './environment-secrets.ts';
import { functionUrlAuthorization } from './function-url-authorization.ts';
import { lambdaReservedConcurrency } from './reserved-concurrency.ts';
import { lambdaRuntime } from './runtime.ts';

const withVariables = (variables: object | string) => ({ environment: { variables } });
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1234';

describeRule(lambdaEnvironmentSecrets, {
  passes: {
    'plain settings': withVariables({ TABLE: 'ledger', MAX_TOKENS: '4096', LOG_LEVEL: 'info' }),
    'the name of a secret': withVariables({
      DATABASE_SECRET: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db',
    }),
    'the path of a parameter': withVariables({ API_KEY: '/plinth/dev/key' }),
  },
  fails: {
    'a password by its name': { given: withVariables({ DB_PASSWORD: 'hunter2' }), says: /DB_PASSWORD/ },
    'an access key by its shape': { given: withVariables({ SETTING: 'AKIAABCDEFGHIJKLMNOP' }), says: /SETTING/ },
    'a password in a URL': { given: withVariables({ DATABASE: 'postgres://app:hunter2@db/app' }), says: /DATABASE/ },
    'a key inside JSON': {
      given: withVariables({ CONFIG: '{"key":"sk-abcdefghijklmnopqrstuvwxyz"}' }),
      says: /CONFIG/,
    },
  },
  missing: { passes: { 'no environment': {}, 'no variables': { environment: {} } } },
  unknown: {
    'the environment': { environment: UNKNOWN },
    'the variables': withVariables(UNKNOWN),
    'a value of unclear origin': withVariables({ SETTING: UNKNOWN }),
  },
});

it('does not take the output of a resource of the stack for a secret', () => {
  const table = new Unknown(
    '',
    [{ urn: 'u', type: 'aws:dynamodb/table:Table', property: 'name' }],
    '«table:ledger.name»',
  );
  const fn = sample('aws:lambda/function:Function', withVariables({ TABLE: table }));
  expect(evaluate([lambdaEnvironmentSecrets], [fn])).toEqual([]);
});

describeRule(lambdaEnvironmentEncryption, {
  passes: { 'a key of one’s own': { ...withVariables({ A: 'b' }), kmsKeyArn: KEY } },
  fails: {
    'the key AWS manages': {
      given: { ...withVariables({ A: 'b' }), kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:alias/aws/lambda' },
      says: /customer-managed/,
    },
  },
  missing: {
    fails: { 'no key': { given: withVariables({ A: 'b' }), says: /customer-managed/ } },
    passes: { 'nothing to encrypt': {} },
  },
  unknown: { 'the key': { ...withVariables({ A: 'b' }), kmsKeyArn: UNKNOWN } },
});

it('accepts a key whose ARN is unknown but whose origin is a key', () => {
  const kmsKeyArn = new Unknown('', [{ urn: 'u', type: 'aws:kms/key:Key', property: 'arn' }], '«key:data.arn»');
  const fn = sample('aws:lambda/function:Function', { ...withVariables({ A: 'b' }), kmsKeyArn } as object);
  expect(evaluate([lambdaEnvironmentEncryption], [fn])).toEqual([]);
});

describeRule(lambdaRuntime, {
  passes: {
    'Node.js 22': { runtime: 'nodejs22.x' },
    'Node.js 24': { runtime: 'nodejs24.x' },
    'Python 3.13': { runtime: 'python3.13' },
    'a container image': { packageType: 'Image' },
    'an own runtime on Amazon Linux 2023': { runtime: 'provided.al2023' },
  },
  fails: {
    'Node.js 20': { given: { runtime: 'nodejs20.x' }, says: /nodejs20/ },
    'Python 3.9, which is older than 3.11': { given: { runtime: 'python3.9' }, says: /python3\.9/ },
    'a runtime nobody knows': { given: { runtime: 'cobol85' }, says: /cobol85/ },
  },
  missing: { fails: { 'no runtime': { given: {}, says: /not set/ } } },
  unknown: { 'the runtime': { runtime: UNKNOWN } },
});

describeRule(lambdaReservedConcurrency, {
  passes: {
    'a cap': { reservedConcurrentExecutions: 20 },
    'a function switched off': { reservedConcurrentExecutions: 0 },
  },
  fails: { 'the value that means no cap': { given: { reservedConcurrentExecutions: -1 }, says: /every concurrent/ } },
  missing: { fails: { 'no cap': { given: {}, says: /every concurrent/ } } },
  unknown: { 'the cap': { reservedConcurrentExecutions: UNKNOWN } },
});

describeRule(functionUrlAuthorization, {
  passes: { 'callers signed by IAM': { authorizationType: 'AWS_IAM' } },
  fails: { anyone: { given: { authorizationType: 'NONE' }, says: /Anyone/ } },
  missing: { fails: { 'no type': { given: {}, says: /Anyone/ } } },
  unknown: { 'the type': { authorizationType: UNKNOWN } },
});
