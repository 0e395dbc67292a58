import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';

const DIST = join(import.meta.dirname, '../dist');
const BUNDLE = join(DIST, 'lambda');

interface Output {
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
  readonly inputs: Record<string, unknown>;
}

/** What a cold start evaluates: the files that the entry point imports, and those imported by them, but not what is imported later. */
function evaluatedAtStart(): string[] {
  const { outputs } = JSON.parse(readFileSync(join(DIST, 'lambda.json'), 'utf8')) as {
    outputs: Record<string, Output>;
  };
  const files = new Set(['dist/lambda/index.mjs']);
  for (const file of files)
    for (const { path, kind, external } of outputs[file]!.imports)
      if (kind === 'import-statement' && external !== true) files.add(path);
  return [...files].flatMap((file) => Object.keys(outputs[file]!.inputs));
}

const model = { id: 'm', target: { kind: 'bedrock', modelId: 'm' }, contextTokens: 100, maxPromptTokens: 50 };
const ENVIRONMENT = {
  PLINTH_LEDGER_TABLE: 'ledger',
  PLINTH_RECORDS_TABLE: 'records',
  PLINTH_AUDIT_TABLE: 'audit',
  PLINTH_OIDC_ISSUER: 'https://issuer.example/pool',
  PLINTH_OIDC_AUDIENCE: 'app',
  PLINTH_CATALOG: JSON.stringify([{ ...model, maxCompletionTokens: 50, price: { input: 1, output: 1 } }]),
};

/** An event of API Gateway whose caller shows one of the platform's keys, which is looked up in the records. */
const LIST_MODELS = {
  path: '/v1/models',
  httpMethod: 'GET',
  headers: { authorization: `Bearer plinth_${'a'.repeat(16)}_${'b'.repeat(43)}`, host: 'api.example.com' },
  requestContext: { httpMethod: 'GET', path: '/v1/models', domainName: 'api.example.com', identity: {} },
  body: null,
  isBase64Encoded: false,
};

/** Imports the bundle in a process of its own, then writes what `expression` is. */
function coldStart(expression: string, variables: Record<string, string> = {}): string {
  const code = `globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream } };
    let failure;
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(BUNDLE, 'index.mjs')).href)}).catch((error) => ({ failure: (failure = error) }));
    process.stdout.write(String(${expression}), () => process.exit(0));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { ...ENVIRONMENT, ...variables },
  });
}

it('is at most 150 kB gzipped, all files together', () => {
  const sizes = readdirSync(BUNDLE).map((name) => gzipSync(readFileSync(join(BUNDLE, name))).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(150_000);
});

it('starts without the AWS SDK, without the token library and without the whole of zod', () => {
  const files = evaluatedAtStart().join('\n');
  expect(files).toContain('/zod/v4/mini/');
  expect(files).not.toMatch(/node_modules\/(@aws-sdk|@smithy|jose)\/|\/zod\/v4\/classic\/|json-schema/);
});

it("starts without Node's fetch, which the first request loads", () => {
  const loaded = coldStart(`[failure, ...process.moduleLoadList].join('\\n')`);
  expect(loaded).toMatch(/^\n/);
  expect(loaded).toContain('NativeModule crypto');
  expect(loaded).not.toContain('undici');
});

it.each([
  ['in its own Region', {}, 'eu-west-1'],
  ['in the Region it is told', { PLINTH_STORES_REGION: 'us-east-1' }, 'us-east-1'],
])('asks its stores %s', (_, variables, region) => {
  // In place of DynamoDB a server that refuses everything. A request's signature says for which Region it was made.
  const asked = `await Promise.all([import('node:http'), import('node:stream')]).then(
    ([{ createServer }, { PassThrough }]) =>
      new Promise((resolve) => {
        const server = createServer(({ headers }, response) => {
          resolve(headers.authorization.split('/').slice(2, 4));
          response.writeHead(400).end('{"__type":"AccessDeniedException"}');
        });
        server.listen(0, '127.0.0.1', () => {
          process.env.AWS_ENDPOINT_URL_DYNAMODB = 'http://127.0.0.1:' + server.address().port;
          handler(${JSON.stringify(LIST_MODELS)}, new PassThrough(), {}).catch(() => undefined);
        });
      }),
  )`;
  const credentials = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'test' };
  expect(coldStart(asked, { ...credentials, AWS_REGION: 'eu-west-1', ...variables })).toBe(`${region},dynamodb`);
});

it('has the words for what is wrong', () => {
  const failure = coldStart('failure.message', { PLINTH_LEDGER_TABLE: 'x', PLINTH_OIDC_ISSUER: 'y' });
  expect(failure).toContain('PLINTH_LEDGER_TABLE: Too small: expected string to have >=3 characters');
  expect(failure).toContain('PLINTH_OIDC_ISSUER: Invalid URL');
});

it('holds the OpenAPI document of the schemas requests are checked with', async () => {
  const file = readdirSync(BUNDLE).find((name) => name.startsWith('openapi-'))!;
  const bundled = (await import(pathToFileURL(join(BUNDLE, file)).href)) as { openApiDocument: () => unknown };
  expect(bundled.openApiDocument()).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
});
