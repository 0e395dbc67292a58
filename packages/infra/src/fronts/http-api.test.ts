import { describe, expect, it } from 'vitest';
import { KEY_ARN } from '../testing/fixtures.ts';
import { only, registered } from '../testing/index.ts';
import { HttpApi, type HttpApiArgs } from './http-api.ts';

const ARGS: HttpApiArgs = {
  description: 'Test front.',
  routes: ['POST /v1/embeddings', 'GET /v1/files/{id}'],
  handler: { functionName: 'rag', arn: 'arn:rag' },
  tokens: { issuer: 'https://issuer.example.com', audiences: ['client'] },
  throttle: { ratePerSecond: 10, burst: 20 },
  logGroupName: '/plinth/test/http',
  logKeyArn: KEY_ARN,
};
const front = (change: Partial<HttpApiArgs> = {}) => registered(() => new HttpApi('api', { ...ARGS, ...change }));

describe('HttpApi', () => {
  it('asks for a token on every route', async () => {
    const resources = await front();
    const routes = resources.filter(({ type }) => type === 'aws:apigatewayv2/route:Route');
    expect(routes.map(({ name, inputs }) => [name, inputs['routeKey'], inputs['authorizationType']])).toEqual([
      ['api-post-v1-embeddings', 'POST /v1/embeddings', 'JWT'],
      ['api-get-v1-files-id', 'GET /v1/files/{id}', 'JWT'],
    ]);
    for (const { inputs } of routes) expect(inputs['authorizerId']).toBe('api-id');
    expect(only(resources, 'aws:apigatewayv2/authorizer:Authorizer').inputs['jwtConfiguration']).toEqual({
      issuer: 'https://issuer.example.com',
      audiences: ['client'],
    });
  });

  it('throttles, and logs who and how long to an encrypted group, never a body', async () => {
    const resources = await front();
    const stage = only(resources, 'aws:apigatewayv2/stage:Stage').inputs;
    expect(stage['defaultRouteSettings']).toMatchObject({ throttlingRateLimit: 10, throttlingBurstLimit: 20 });
    expect((stage['accessLogSettings'] as { format: string }).format).not.toMatch(
      /\$(input|context\.authorizer\.claims\.email)/,
    );
    expect(only(resources, 'aws:cloudwatch/logGroup:LogGroup').inputs['kmsKeyId']).toBe(KEY_ARN);
  });

  it('opens to one web origin where one is named', async () => {
    const cors = async (change?: Partial<HttpApiArgs>) =>
      only(await front(change), 'aws:apigatewayv2/api:Api').inputs['corsConfiguration'];
    expect(await cors()).toBeUndefined();
    expect(await cors({ allowOrigin: 'https://a.example.com' })).toMatchObject({
      allowOrigins: ['https://a.example.com'],
      allowMethods: ['POST', 'GET'],
    });
  });

  it.each([
    ['a route without a method', { routes: ['/v1'] }, /is not a route/],
    ['a route for everything', { routes: ['$default'] }, /is not a route/],
    ['no route', { routes: [] }, /serves nothing/],
    [
      'tokens made out to anybody',
      { tokens: { issuer: 'https://i.example.com', audiences: [] } },
      /at least one audience/,
    ],
    ['calls longer than AWS lets them be', { timeoutMs: 60_000 }, /use StreamingRestApi/],
  ])('refuses %s', async (_, change, message) => {
    await expect(front(change)).rejects.toThrow(message);
  });
});
