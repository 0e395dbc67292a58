import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { endpointPolicy } from './endpoint-policy.ts';

const policy = (statement: object) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', ...statement }] });
const OURS = { StringEquals: { 'aws:PrincipalAccount': '123456789012' } };
const NARROW = policy({ Action: ['kms:Decrypt'], Resource: '*', Condition: OURS });
const endpoint = (document?: unknown, more: object = {}) =>
  sample('aws:ec2/vpcEndpoint:VpcEndpoint', { id: 'vpce-1', policy: document, ...more } as object);
const apart = (document: unknown) =>
  sample('aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy', { vpcEndpointId: 'vpce-1', policy: document } as object);

describeRule(endpointPolicy, {
  passes: {
    'named actions for our account': [endpoint(NARROW)],
    'named resources': [endpoint(policy({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::models/*' }))],
    'a policy of its own': [endpoint(), apart(NARROW)],
    'a denial of everything': [endpoint(policy({ Effect: 'Deny', Action: '*', Resource: '*' }))],
    'a load balancer endpoint, which takes none': [endpoint(undefined, { vpcEndpointType: 'GatewayLoadBalancer' })],
  },
  fails: {
    'every action': {
      given: [endpoint(policy({ Action: '*', Resource: '*', Condition: OURS }))],
      says: /every action/,
    },
    'every action of a service': {
      given: [endpoint(policy({ Action: 'bedrock:*', Resource: '*', Condition: OURS }))],
      says: /through bedrock:\*/,
    },
    'all but some actions': {
      given: [endpoint(policy({ NotAction: 's3:DeleteBucket', Resource: '*' }))],
      says: /everything but a few/,
    },
    'anybody to anything': {
      given: [endpoint(policy({ Principal: { AWS: '*' }, Action: 's3:PutObject', Resource: '*' }))],
      says: /resources of any account/,
    },
    'text that is no policy': { given: [endpoint('open')], says: /cannot be read/ },
  },
  missing: { fails: { 'no policy, which lets everything through': { given: [endpoint()], says: /no policy/ } } },
  unknown: { 'the policy': [endpoint(UNKNOWN)], 'a policy of its own': [endpoint(), apart(UNKNOWN)] },
});
