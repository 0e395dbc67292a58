import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'test',
  // Nothing listens there: whoever is let in finds the tables out of reach.
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  AWS_MAX_ATTEMPTS: '1',
  PLINTH_CATALOG: JSON.stringify([
    {
      id: 'writer',
      target: { kind: 'sagemaker', endpointName: 'generator', modelId: 'writer' },
      contextTokens: 4_096,
      maxPromptTokens: 3_000,
      maxCompletionTokens: 100,
      price: { input: 0, output: 0 },
    },
  ]),
  PLINTH_INDEX: '{"kind":"knowledge-base","knowledgeBaseId":"kb","dataSourceId":"source"}',
  PLINTH_DOCUMENTS: '{"bucket":"documents","prefix":"documents/"}',
  PLINTH_GUARDRAIL: '{"id":"g","version":"3"}',
  PLINTH_OIDC_ISSUER: 'https://issuer.example/pool',
  PLINTH_OIDC_AUDIENCE: 'client',
  PLINTH_LEDGER_TABLE: 'ledger',
  PLINTH_RECORDS_TABLE: 'records',
  PLINTH_AUDIT_TABLE: 'audit',
};
const CLAIMS = {
  iss: 'https://issuer.example/pool',
  aud: 'client',
  sub: 'u-1',
  exp: '9999999999',
  'custom:tenant': 'acme',
};

type Handler = (event: object, stream: PassThrough, context: object) => Promise<void>;
let handler: Handler;
let status = 0;

beforeAll(async () => {
  for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  // What Lambda's runtime has for functions that stream.
  vi.stubGlobal('awslambda', {
    streamifyResponse: (streaming: Handler) => streaming,
    HttpResponseStream: {
      from(stream: PassThrough, metadata: { statusCode: number }) {
        status = metadata.statusCode;
        return stream;
      },
    },
  });
  ({ handler } = (await import('./lambda.ts')) as unknown as { handler: Handler });
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

async function get(path: string, options: { claims?: object; headers?: Record<string, string> } = {}) {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const requestContext = {
    authorizer: options.claims && { claims: options.claims },
    path,
    stage: 'v1',
    httpMethod: 'GET',
  };
  const event = {
    httpMethod: 'GET',
    path,
    headers: { host: 'api', ...options.headers },
    body: null,
    isBase64Encoded: false,
    requestContext,
  };
  await handler(event, stream, {});
  return { status, text };
}

describe('the query function', () => {
  it('is healthy without being signed in to', async () => expect(await get('/healthz')).toMatchObject({ status: 200 }));

  it('lets in who API Gateway says has signed in, as far as its tables', async () => {
    const answer = await get('/v1/models', { claims: CLAIMS });
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('storage_failed');
  });

  it.each<[string, Parameters<typeof get>[1]]>([
    ['no claims', {}],
    ['claims of another pool', { claims: { ...CLAIMS, iss: 'https://evil.example' } }],
    ['claims that have expired', { claims: { ...CLAIMS, exp: '1000' } }],
    [
      'claims that it wrote into headers itself',
      {
        headers: {
          authorization: `Bearer ${JSON.stringify(CLAIMS)}`,
          'x-amzn-claims': JSON.stringify(CLAIMS),
          'x-claims': JSON.stringify(CLAIMS),
        },
      },
    ],
  ])('refuses a caller with %s', async (_name, options) => {
    const answer = await get('/v1/models', options);
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('invalid_token');
  });

  it('does not take one request’s claims for the next', async () => {
    await get('/v1/models', { claims: CLAIMS });
    expect((await get('/v1/models')).status).toBe(401);
  });
});
