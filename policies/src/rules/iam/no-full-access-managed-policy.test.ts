import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { noFullAccessManagedPolicy } from './no-full-access-managed-policy.ts';

const arn = (name: string) => `arn:aws:iam::aws:policy/${name}`;

describeRule(noFullAccessManagedPolicy, {
  passes: {
    'a narrow managed policy': { policyArn: arn('service-role/AWSLambdaBasicExecutionRole') },
    'a role with narrow managed policies': [
      sample('aws:iam/role:Role', { managedPolicyArns: [arn('AWSXRayDaemonWriteAccess')] }),
    ],
  },
  fails: {
    'all of Bedrock': {
      given: { policyArn: arn('AmazonBedrockFullAccess') },
      says: /AmazonBedrockFullAccess is attached/,
    },
    'an administrator': { given: { policyArn: arn('AdministratorAccess') }, says: /AdministratorAccess/ },
    'a role that lists one': {
      given: [sample('aws:iam/role:Role', { managedPolicyArns: [arn('AmazonS3FullAccess')] })],
      says: /AmazonS3FullAccess/,
    },
  },
  missing: { passes: { 'a role without managed policies': [sample('aws:iam/role:Role', {})] } },
  unknown: {
    'the policy attached': { policyArn: UNKNOWN },
    'the list of a role': [sample('aws:iam/role:Role', { managedPolicyArns: UNKNOWN })],
    'one entry of the list': [sample('aws:iam/role:Role', { managedPolicyArns: [UNKNOWN] })],
  },
});
