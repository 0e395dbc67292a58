import { describe, expect, it } from 'vitest';
import { KEY_ARN } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { StreamingRestApi, type StreamingRestApiArgs } from './streaming-rest-api.ts';

const ARGS: StreamingRestApiArgs = {
  description: 'Test front.',
  basePath: 'v1',
  handler: { functionName: 'chat', responseStreamingInvokeArn: 'arn:streaming' },
  authorization: { kind: 'cognito', userPoolArns: ['arn:pool'] },
  throttle: { ratePerSecond: 10, burst: 20 },
  webAclArn: 'arn:acl',
  logGroupName: '/plinth/test/access',
  logKeyArn: KEY_ARN,
};
const front = (change: Partial<StreamingRestApiArgs> = {}) =>
  registered(() => new StreamingRestApi('api', { ...ARGS, ...change }));
const METHOD = 'aws:apigateway/method:Method';
const INTEGRATION = 'aws:apigateway/integration:Integration';

describe('StreamingRestApi', () => {
  it('streams the function, for at most fifteen minutes, from a regional API', async () => {
    const resources = await front();
    expect(only(resources, INTEGRATION).inputs).toMatchObject({
      type: 'AWS_PROXY',
      uri: 'arn:streaming',
      responseTransferMode: 'STREAM',
      timeoutMilliseconds: 900_000,
    });
    expect(only(resources, 'aws:apigateway/restApi:RestApi').inputs['endpointConfiguration']).toEqual({
      types: 'REGIONAL',
    });
  });

  it('asks for a token of the user pool and the key of an application', async () => {
    expect(only(await front(), METHOD).inputs).toMatchObject({
      httpMethod: 'ANY',
      authorization: 'COGNITO_USER_POOLS',
      authorizerId: 'api-id',
      apiKeyRequired: true,
    });
  });

  it('asks for AWS credentials where that is chosen', async () => {
    const resources = await front({ authorization: { kind: 'iam' }, apiKeyRequired: false });
    expect(only(resources, METHOD).inputs).toMatchObject({ authorization: 'AWS_IAM', apiKeyRequired: false });
    expect(resources.filter(({ type }) => type.endsWith(':Authorizer'))).toEqual([]);
  });

  it('stands behind the wall, is traced, throttled and logged, and never logs a body', async () => {
    const resources = await front();
    expect(only(resources, 'aws:wafv2/webAclAssociation:WebAclAssociation').inputs['webAclArn']).toBe('arn:acl');
    const stage = only(resources, 'aws:apigateway/stage:Stage').inputs;
    expect(stage['xrayTracingEnabled']).toBe(true);
    const { format } = stage['accessLogSettings'] as { format: string };
    expect(format).not.toMatch(
      /\$(input|context\.(requestOverride|responseOverride)|context\.authorizer\.claims\.email)/,
    );
    expect(only(resources, 'aws:apigateway/methodSettings:MethodSettings').inputs['settings']).toMatchObject({
      dataTraceEnabled: false,
      metricsEnabled: true,
      throttlingRateLimit: 10,
      throttlingBurstLimit: 20,
    });
  });

  it('says every refusal of its own in the shape OpenAI clients read', async () => {
    const refusals = (await front()).filter(({ type }) => type === 'aws:apigateway/response:Response');
    expect(refusals.map(({ inputs }) => inputs['responseType'])).toEqual(
      expect.arrayContaining(['UNAUTHORIZED', 'INVALID_API_KEY', 'THROTTLED', 'QUOTA_EXCEEDED', 'REQUEST_TOO_LARGE']),
    );
    for (const { inputs } of refusals) {
      const template = (inputs['responseTemplates'] as Record<string, string>)['application/json'] ?? '';
      expect(JSON.parse(template)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
    }
    const throttled = refusals.find(({ inputs }) => inputs['responseType'] === 'THROTTLED');
    expect(throttled?.inputs['responseParameters']).toEqual({ 'gatewayresponse.header.Retry-After': "'1'" });
  });

  it('opens to one web origin where one is named, its preflight answered without reaching the function', async () => {
    const resources = await front({ allowOrigin: 'https://chat.example.com' });
    expect(only(resources, METHOD, 'api-preflight').inputs).toMatchObject({
      httpMethod: 'OPTIONS',
      authorization: 'NONE',
    });
    expect(only(resources, INTEGRATION, 'api-preflight').inputs['type']).toBe('MOCK');
    const answer = only(resources, 'aws:apigateway/integrationResponse:IntegrationResponse').inputs[
      'responseParameters'
    ];
    expect(answer).toHaveProperty(['method.response.header.Access-Control-Allow-Origin'], "'https://chat.example.com'");
  });

  it('has no preflight, and no open method, without a web origin', async () => {
    const open = (await front()).filter(({ type, inputs }) => type === METHOD && inputs['authorization'] === 'NONE');
    expect(open).toEqual([]);
  });

  it('is deployed anew when its routes change, and only then', async () => {
    const triggers = async (change?: Partial<StreamingRestApiArgs>) =>
      only(await front(change), 'aws:apigateway/deployment:Deployment').inputs['triggers'];
    expect(await triggers()).toEqual(await triggers({ description: 'Other words.' }));
    expect(await triggers({ timeoutMs: 60_000 })).not.toEqual(await triggers());
  });

  it('is reached from nowhere but the VPC endpoints named, where it is private, and still asks who is calling', async () => {
    const resources = await front({ reach: { kind: 'private', vpcEndpointIds: ['vpce-1', 'vpce-2'] } });
    expect(only(resources, 'aws:apigateway/restApi:RestApi').inputs['endpointConfiguration']).toEqual({
      types: 'PRIVATE',
      vpcEndpointIds: ['vpce-1', 'vpce-2'],
    });
    const [refusal, permission] = statementsOf(resources).filter(({ Sid }) => /Endpoints$/.test(Sid));
    expect(refusal).toMatchObject({
      Effect: 'Deny',
      Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-1', 'vpce-2'] } },
    });
    expect(permission?.Condition).toEqual({ StringEquals: { 'aws:SourceVpce': ['vpce-1', 'vpce-2'] } });
    expect(only(resources, METHOD).inputs['authorization']).toBe('COGNITO_USER_POOLS');
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('is deployed anew when other endpoints may reach it', async () => {
    const triggers = async (id: string) =>
      only(await front({ reach: { kind: 'private', vpcEndpointIds: [id] } }), 'aws:apigateway/deployment:Deployment')
        .inputs['triggers'];
    expect(await triggers('vpce-1')).not.toEqual(await triggers('vpce-2'));
  });

  it('refuses to be private to nobody', async () => {
    await expect(front({ reach: { kind: 'private', vpcEndpointIds: [] } })).rejects.toThrow(
      /at least one VPC endpoint/,
    );
  });

  it('tells its address', async () => {
    await registered(async () => {
      expect(await valueOf(new StreamingRestApi('api', ARGS).url)).toBe(
        'https://api-id.execute-api.us-east-1.amazonaws.com/live',
      );
    });
  });
});
