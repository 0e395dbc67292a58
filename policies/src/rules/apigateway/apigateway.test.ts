import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { methodAuthorization } from './method-authorization.ts';
import { stageWebAcl } from './stage-web-acl.ts';
import { streamingIntegration } from './streaming-integration.ts';
import { usagePlanLimits } from './usage-plan-limits.ts';

describeRule(methodAuthorization, {
  passes: {
    'an authorizer': { httpMethod: 'POST', authorization: 'CUSTOM' },
    'a preflight request': { httpMethod: 'OPTIONS', authorization: 'NONE' },
  },
  fails: { 'an open method': { given: { httpMethod: 'POST', authorization: 'NONE' }, says: /Anyone/ } },
  missing: {
    fails: { 'authorization left empty': { given: { httpMethod: 'POST', authorization: '' }, says: /Anyone/ } },
  },
  unknown: { 'the authorization': { httpMethod: 'POST', authorization: UNKNOWN } },
});

const STAGE_ARN = 'arn:aws:apigateway:us-east-1::/restapis/abc/stages/v1';
const stage = sample('aws:apigateway/stage:Stage', { stageName: 'v1', arn: STAGE_ARN } as object);
const association = (resourceArn: string, dependencies = {}) =>
  sample('aws:wafv2/webAclAssociation:WebAclAssociation', { resourceArn, webAclArn: 'arn:waf' }, { dependencies });

describeRule(stageWebAcl, {
  passes: {
    'an association with the stage': [stage, association(STAGE_ARN)],
    'an association with a stage that does not exist yet': [stage, association(UNKNOWN, { resourceArn: [stage.urn] })],
    'no stage at all': [sample('aws:kms/key:Key', {})],
  },
  fails: { 'an association with something else': { given: [stage, association('arn:other')], says: /No web ACL/ } },
  missing: { fails: { 'no association': { given: [stage], says: /No web ACL/ } } },
  unknown: { 'an ARN of unclear origin': [stage, association(UNKNOWN)] },
});

const api = (types?: string) =>
  sample('aws:apigateway/restApi:RestApi', { id: 'abc', endpointConfiguration: types && { types } } as object, {
    name: 'api',
  });
const integration = (props: object) =>
  sample('aws:apigateway/integration:Integration', {
    restApi: 'abc',
    type: 'AWS_PROXY',
    uri: 'arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/f/response-streaming-invocations',
    ...props,
  } as object);
const STREAM = { responseTransferMode: 'STREAM', timeoutMilliseconds: 900_000 };

describeRule(streamingIntegration, {
  passes: {
    'a stream on a regional API': [api('REGIONAL'), integration(STREAM)],
    'a buffered integration of a buffered function': [integration({ uri: 'arn:aws:lambda:f/invocations' })],
  },
  fails: {
    'a stream longer than API Gateway allows': {
      given: [integration({ ...STREAM, timeoutMilliseconds: 900_001 })],
      says: /900000/,
    },
    'an edge-optimized API': { given: [api('EDGE'), integration(STREAM)], says: /edge-optimized/ },
    'a streaming function that is buffered': {
      given: [integration({ responseTransferMode: 'BUFFERED' })],
      says: /buffers/,
    },
  },
  missing: {
    fails: {
      'no mode for a streaming function': { given: [integration({})], says: /buffers/ },
      'no timeout': { given: [integration({ responseTransferMode: 'STREAM' })], says: /29 seconds/ },
      'no endpoint type': { given: [api(), integration(STREAM)], says: /edge-optimized/ },
    },
  },
  unknown: {
    'the mode': [integration({ responseTransferMode: UNKNOWN })],
    'the timeout': [integration({ ...STREAM, timeoutMilliseconds: UNKNOWN })],
    'the endpoint type': [api(UNKNOWN), integration(STREAM)],
  },
});

const throttleSettings = { rateLimit: 10, burstLimit: 20 };
const quotaSettings = { limit: 10_000, period: 'DAY' };

describeRule(usagePlanLimits, {
  passes: { 'throttle and quota': { throttleSettings, quotaSettings } },
  fails: {
    'a rate of nothing set to zero': {
      given: { throttleSettings: { rateLimit: 0, burstLimit: 1 }, quotaSettings },
      says: /rateLimit/,
    },
  },
  missing: {
    fails: {
      'no throttle': { given: { quotaSettings }, says: /rateLimit[\s\S]*burstLimit/ },
      'no burst': { given: { throttleSettings: { rateLimit: 1 }, quotaSettings }, says: /burstLimit/ },
      'no quota': { given: { throttleSettings }, says: /quota/ },
    },
  },
  unknown: {
    'the throttle': { throttleSettings: UNKNOWN, quotaSettings },
    'the rate': { throttleSettings: { ...throttleSettings, rateLimit: UNKNOWN }, quotaSettings },
    'the quota': { throttleSettings, quotaSettings: UNKNOWN },
  },
});
