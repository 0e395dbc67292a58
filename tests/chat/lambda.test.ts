import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ModelCatalog } from '@plinth/contracts';
import { issueApiKey } from '@plinth/gateway';
import { startLocal, type RunningLocal } from '@plinth/local';
import { ScriptedEngine } from '@plinth/local/testing';
import { openDynamoStores } from '@plinth/stores/aws';
import { startLocalDynamo, type LocalDynamo } from '@plinth/stores/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BUNDLE = join(import.meta.dirname, '../../services/chat/dist/lambda/index.mjs');
const RUNTIME = join(import.meta.dirname, 'lambda-runtime.mjs');

let dynamo: LocalDynamo;
let local: RunningLocal;
const engine = new ScriptedEngine();
let stores: ReturnType<typeof openDynamoStores>;
let key: string;

beforeAll(async () => {
  dynamo = await startLocalDynamo();
  local = await startLocal({ engine });
  stores = openDynamoStores({ ...dynamo, client: dynamo.client });
  const issued = issueApiKey();
  key = issued.key;
  const { keyId, secretHash } = issued;
  const owner = { tenant: 'acme', principal: 'ann', groups: [], limits: {}, conversations: false, createdAt: 0 };
  await stores.keys.createKey({ keyId, secretHash, ...owner });
});
afterAll(async () => {
  await local.close();
  await dynamo.close();
});

describe('the function as it is deployed, on an event of a REST API', () => {
  it('streams a governed answer, and leaves it settled and audited in DynamoDB', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    engine.play({
      pieces: ['Gravity ', 'pulls.'],
      gate: (piece) => (piece === 1 ? released : Promise.resolve()),
    });
    const body = { model: 'm', stream: true, messages: [{ role: 'user', content: 'What is gravity?' }] };
    const answer = await invoke(body, `Bearer ${key}`, (said) => said.includes('Gravity') && release());
    expect(answer.metadata).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': expect.stringMatching(/event-stream/) },
    });
    expect(textOf(answer.body)).toBe('Gravity pulls.');
    expect(answer.body).toMatch(/data: \[DONE\]\n\n$/);
    const [tenant] = await stores.ledger.usage('acme');
    expect(tenant).toMatchObject({ concurrentRequests: 0, month: { requests: 1 } });
    expect(tenant!.month.tokens).toBeGreaterThan(0);
    expect(await stores.audit.verify()).toMatchObject({ ok: true, records: 1 });
  });

  it('answers whole', async () => {
    engine.play({ pieces: ['Two ', 'words'] });
    const { metadata, body } = await invoke(
      { model: 'm', messages: [{ role: 'user', content: 'Two words' }] },
      `Bearer ${key}`,
    );
    expect(metadata.statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ choices: [{ message: { content: 'Two words' } }] });
  });

  it.each([
    ['a wrong key', `Bearer plinth_${'a'.repeat(16)}_${'b'.repeat(43)}`, 'm', 401, 'invalid_api_key'],
    ['an unknown model', undefined, 'nothing', 404, 'model_not_found'],
  ])("refuses %s in OpenAI's shape", async (_, authorization, model, status, code) => {
    const request = { model, messages: [{ role: 'user', content: 'Hello' }] };
    const { metadata, body } = await invoke(request, authorization ?? `Bearer ${key}`);
    expect(metadata.statusCode).toBe(status);
    expect(JSON.parse(body)).toMatchObject({ error: { code } });
  });
});

interface Answer {
  readonly metadata: { readonly statusCode: number; readonly headers: Record<string, string> };
  readonly body: string;
}

/** One cold start of the bundle, one event. `hear` is told everything said so far, as it is said. */
async function invoke(
  request: object,
  authorization: string,
  hear: (said: string) => void = () => undefined,
): Promise<Answer> {
  const child = spawn(process.execPath, [RUNTIME, BUNDLE], {
    env: await environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = Buffer.alloc(0);
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said = Buffer.concat([said, chunk]);
    hear(said.toString('utf8'));
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdin.end(JSON.stringify(restApiEvent(request, authorization)));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const end = said.indexOf(Buffer.alloc(8));
  if (code !== 0 || end === -1) throw new Error(`The function ended with ${String(code)}: ${errors}`);
  // Metric lines go to standard output too; on Lambda that is the log. They begin a line of their own before the metadata or after the body.
  const metadata = said.subarray(0, end).toString('utf8').split('\n').at(-1)!;
  const body = said
    .subarray(end + 8)
    .toString('utf8')
    .replace(/\{"_aws".*\n/g, '');
  return { metadata: JSON.parse(metadata) as Answer['metadata'], body };
}

async function environment(): Promise<Record<string, string>> {
  const endpoint = await dynamo.client.config.endpoint!();
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port}`,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: local.bedrockUrl,
    PLINTH_LEDGER_TABLE: dynamo.ledgerTable,
    PLINTH_RECORDS_TABLE: dynamo.recordsTable,
    PLINTH_AUDIT_TABLE: dynamo.auditTable,
    PLINTH_CATALOG: JSON.stringify(
      ModelCatalog.parse([
        {
          id: 'm',
          target: { kind: 'bedrock', modelId: local.modelId, api: 'converse' },
          contextTokens: 2_000,
          maxPromptTokens: 1_000,
          maxCompletionTokens: 200,
          price: { input: 1, output: 2 },
        },
      ]),
    ),
  };
}

/** A proxy event of a REST API, version 1.0. Source: "Set up Lambda proxy integrations", Amazon API Gateway Developer Guide. */
function restApiEvent(request: object, authorization: string) {
  const path = '/v1/chat/completions';
  const headers = { 'content-type': 'application/json', authorization, host: 'api.example.com' };
  const many = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: 'POST',
    headers,
    multiValueHeaders: many,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      httpMethod: 'POST',
      path,
      stage: 'live',
      domainName: 'api.example.com',
      identity: {},
      requestId: 'r',
    },
    body: JSON.stringify(request),
    isBase64Encoded: false,
  };
}

function textOf(stream: string): string {
  return stream
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] })
    .map((chunk) => chunk.choices[0]?.delta.content ?? '')
    .join('');
}
