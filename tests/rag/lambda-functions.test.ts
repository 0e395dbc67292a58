import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startLocal, type RunningLocal } from '@plinth/local';
import { ScriptedEmbeddingEngine, ScriptedEngine } from '@plinth/local/testing';
import { startWireServer, type WireServer } from '@plinth/models/testing';
import { startLocalAurora, type LocalAurora } from '@plinth/retrieval/testing/aurora';
import { startLocalDynamo, type LocalDynamo } from '@plinth/stores/testing';
import { startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SERVICES = join(import.meta.dirname, '../../services');
const STREAMING = join(import.meta.dirname, '../chat/lambda-runtime.mjs');
const SANDBOX = join(import.meta.dirname, 'lambda-sandbox.mjs');
const TITAN = 'amazon.titan-embed-text-v2:0';
const RERANK = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.rerank-v1:0';
const SENTENCE = 'Every employee has 25 days of annual leave.';
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'test' };

/** Everything the three functions call, as protocol-faithful servers on this machine. */
let folder: string;
let aurora: LocalAurora;
let dynamo: LocalDynamo;
let local: RunningLocal;
let secrets: WireServer;
let fauxqs: Awaited<ReturnType<typeof startFauxqs>>;
let s3: S3Client;
let sqs: SQSClient;
let QueueUrl: string;
const engine = new ScriptedEngine({ pieces: ['Every employee has ', '25 days of annual leave [1].'] });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-functions-'));
  aurora = await startLocalAurora();
  await writeFile(join(folder, 'authority.pem'), aurora.authority);
  dynamo = await startLocalDynamo();
  local = await startLocal({ engine, embeddingEngine: new ScriptedEmbeddingEngine() });
  secrets = await startWireServer();
  secrets.answer = () => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    chunks: [Buffer.from(JSON.stringify({ SecretString: JSON.stringify(aurora.master) }))],
  });
  fauxqs = await startFauxqs({ port: 0, logger: false });
  const there = { region: 'us-east-1', endpoint: `http://127.0.0.1:${fauxqs.port}`, credentials };
  s3 = new S3Client({ ...there, forcePathStyle: true });
  sqs = new SQSClient(there);
  await s3.send(new CreateBucketCommand({ Bucket: 'documents' }));
  QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'changes' }))).QueueUrl!;
});
afterAll(async () => {
  s3.destroy();
  sqs.destroy();
  await Promise.all([fauxqs.stop(), secrets.close(), local.close(), dynamo.close(), aurora.close()]);
  await rm(folder, { recursive: true });
});

const embedding = { kind: 'bedrock', modelId: TITAN, dimensions: 384 };
const databaseOf = (user: string) => ({
  ...aurora,
  signedIn: undefined,
  authority: undefined,
  master: undefined,
  user,
});
const indexOf = (user: string) => JSON.stringify({ kind: 'aurora', database: databaseOf(user), embedding });
const documents = JSON.stringify({ bucket: 'documents', prefix: 'documents/' });

const VARIABLES = {
  migrate: () => ({
    PLINTH_DATABASE: JSON.stringify(databaseOf('plinth_master')),
    PLINTH_DATABASE_SECRET: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!cluster-1',
    PLINTH_EMBEDDING: JSON.stringify(embedding),
  }),
  ingest: () => ({
    PLINTH_DOCUMENTS: documents,
    PLINTH_INDEX: indexOf('rag_writer'),
    PLINTH_AUDIT_TABLE: dynamo.auditTable,
  }),
  query: () => ({
    PLINTH_CATALOG: JSON.stringify([
      {
        id: 'writer',
        target: { kind: 'bedrock', modelId: local.modelId },
        contextTokens: 4_096,
        maxPromptTokens: 3_000,
        maxCompletionTokens: 100,
        price: { input: 0, output: 0 },
      },
    ]),
    PLINTH_INDEX: indexOf('rag_reader'),
    PLINTH_RERANKER: JSON.stringify({ kind: 'bedrock', modelArn: RERANK }),
    PLINTH_MONITOR_USER: 'rag_monitor',
    PLINTH_DOCUMENTS: documents,
    PLINTH_GUARDRAIL: '{"id":"plinthlocal","version":"1"}',
    PLINTH_OIDC_ISSUER: 'https://issuer.example/pool',
    PLINTH_OIDC_AUDIENCE: 'client',
    PLINTH_LEDGER_TABLE: dynamo.ledgerTable,
    PLINTH_RECORDS_TABLE: dynamo.recordsTable,
    PLINTH_AUDIT_TABLE: dynamo.auditTable,
  }),
};
const BUNDLES = {
  migrate: join(SERVICES, 'ingest/dist/lambda/migrate.mjs'),
  ingest: join(SERVICES, 'ingest/dist/lambda/index.mjs'),
  query: join(SERVICES, 'rag/dist/lambda/index.mjs'),
};

/** One cold start of a built function, one event. */
async function coldStart(name: keyof typeof BUNDLES, runtime: string, event: object) {
  const fake = `http://127.0.0.1:${fauxqs.port}`;
  const { protocol, hostname, port } = await dynamo.client.config.endpoint!();
  const child = spawn(process.execPath, [runtime, BUNDLES[name]], {
    env: {
      ...VARIABLES[name](),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_S3: fake,
      AWS_ENDPOINT_URL_DYNAMODB: `${protocol}//${hostname}:${port}`,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: local.bedrockUrl,
      AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: local.bedrockUrl,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'),
    },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  child.stdin!.end(JSON.stringify(event));
  const closed = new Promise((resolve) => child.on('close', resolve));
  const [said, errors, answer] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    text(child.stdio[3] as Readable),
  ]);
  if ((await closed) !== 0) throw new Error(`${name} ended badly: ${errors}`);
  return { said, answer };
}

/** What S3 tells a queue of an object. Source: Amazon S3 user guide, "Event message structure". */
const told = (eventName: string, key: string) =>
  JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventName,
        s3: { s3SchemaVersion: '1.0', bucket: { name: 'documents' }, object: { key: encodeURIComponent(key) } },
      },
    ],
  });

/** Sends what S3 would have, and hands the function what the queue gives out, as Lambda does. */
async function changed(eventName: string, key: string) {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: told(eventName, key) }));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  const { answer } = await coldStart('ingest', SANDBOX, {
    Records: Messages.map(({ MessageId, ReceiptHandle, Body }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      eventSource: 'aws:sqs',
      awsRegion: 'us-east-1',
    })),
  });
  return JSON.parse(answer) as unknown;
}

/** A proxy event of a REST API whose Cognito authorizer let somebody in. */
async function ask(method: string, path: string, options: { groups?: string; json?: object } = {}) {
  const claims = {
    iss: 'https://issuer.example/pool',
    aud: 'client',
    sub: 'u-1',
    exp: '9999999999',
    'custom:tenant': 'acme',
    'cognito:groups': options.groups ?? 'staff',
  };
  const [name = '', query = ''] = path.split('?');
  const { said } = await coldStart('query', STREAMING, {
    httpMethod: method,
    path: name,
    queryStringParameters: Object.fromEntries(new URLSearchParams(query)),
    headers: { host: 'api', 'content-type': 'application/json' },
    body: options.json === undefined ? null : JSON.stringify(options.json),
    isBase64Encoded: false,
    requestContext: { authorizer: { claims }, httpMethod: method, path: name, stage: 'live' },
  });
  const [head = '', body = ''] = said.split('\0'.repeat(8));
  const { statusCode } = JSON.parse(head.split('\n').at(-1)!) as { statusCode: number };
  // Metrics go to standard output too: on Lambda that is the log.
  const lines = said.split('\n').flatMap((line) => (line.startsWith('{"_aws"') ? [JSON.parse(line) as object] : []));
  return { status: statusCode, body: body.replace(/\{"_aws".*\n?/g, ''), metrics: lines };
}
const json = async (...args: Parameters<typeof ask>) => {
  const { body, ...rest } = await ask(...args);
  return { ...rest, body: JSON.parse(body) as unknown };
};

describe('the functions of enterprise RAG as they are deployed', () => {
  it('make the tables, in an empty database and once more', async () => {
    const done = { state: 'up to date' };
    expect(JSON.parse((await coldStart('migrate', SANDBOX, {})).answer)).toEqual(done);
    expect(JSON.parse((await coldStart('migrate', SANDBOX, {})).answer)).toEqual(done);
    expect(secrets.requests[0]?.headers['x-amz-target']).toBe('secretsmanager.GetSecretValue');
    expect(new Set(aurora.signedIn)).toEqual(new Set(['plinth_master']));
  });

  it('index what S3 tells of, for the groups the object names', async () => {
    await s3.send(
      new PutObjectCommand({
        Bucket: 'documents',
        Key: 'documents/acme/handbook/annual leave.md',
        Body: `# Leave\n\n${SENTENCE}`,
        ContentType: 'text/markdown',
        Metadata: { 'plinth-groups': 'staff' },
      }),
    );
    expect(await changed('ObjectCreated:Put', 'documents/acme/handbook/annual leave.md')).toEqual({
      batchItemFailures: [],
    });
    const { body } = await json('GET', '/v1/documents');
    expect(body).toMatchObject({
      data: [{ id: 'handbook/annual leave.md', state: 'indexed', passages: 1, groups: ['staff'] }],
    });
    const id = encodeURIComponent('handbook/annual leave.md');
    expect((await json('GET', `/v1/documents/${id}/text`)).body).toMatchObject({ version: 1 });
    expect((await ask('GET', `/v1/documents/${id}/content`)).body).toContain(SENTENCE);
    expect((await json('GET', '/v1/documents', { groups: 'board' })).body).toMatchObject({ data: [] });
  });

  it('find a passage and have it judged by the reranker, for who shares its group', async () => {
    const search = (groups: string) =>
      json('POST', '/v1/search', { groups, json: { query: 'annual leave', limit: 3 } });
    expect((await search('staff')).body).toMatchObject({
      data: [{ document_id: 'handbook/annual leave.md', lexical: { rank: 1 }, rerank: { rank: 1 } }],
      models: { embedding: TITAN, reranker: 'amazon.rerank-v1:0' },
    });
    expect((await search('board')).body).toMatchObject({ data: [] });
  });

  it('answer with a citation, tell CloudWatch how it went, and monitor it', async () => {
    const request = { model: 'writer', messages: [{ role: 'user', content: 'How many days of annual leave?' }] };
    const { status, body, metrics } = await json('POST', '/v1/chat/completions', { json: request });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      choices: [
        {
          message: {
            content: expect.stringContaining(SENTENCE.slice(0, -1)),
            annotations: [{ url_citation: { document_id: 'handbook/annual leave.md' } }],
          },
        },
      ],
    });
    expect(metrics).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Requests: 1 }),
        expect.objectContaining({ Answers: 1, Abstentions: 0, Groundedness: 1 }),
      ]),
    );
    // What an answer leaves behind is done before the sandbox is frozen, or ended as here.
    const monitored = await json('GET', '/v1/monitor');
    expect(monitored.body).toMatchObject({ present: { questions: 1, groundedness: 1, abstention: 0 } });
  });

  it('say where documents come from, in place of taking one', async () => {
    const { status, body } = await ask('PUT', '/v1/documents/new.md?groups=staff', { json: {} });
    expect(status).toBe(400);
    expect(body).toContain('Documents come and go by the bucket here');
  });

  it('hand back a message of an object that cannot be read, and forget one that is gone', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'documents', Key: 'documents/acme/nobody.txt', Body: 'no groups' }));
    expect(await changed('ObjectCreated:Put', 'documents/acme/nobody.txt')).toMatchObject({
      batchItemFailures: [{ itemIdentifier: expect.any(String) }],
    });
    const Key = 'documents/acme/handbook/annual leave.md';
    await s3.send(new DeleteObjectCommand({ Bucket: 'documents', Key }));
    expect(await changed('ObjectRemoved:Delete', Key)).toEqual({ batchItemFailures: [] });
    expect((await json('GET', '/v1/documents')).body).toMatchObject({ data: [] });
  });

  it('work as their own database users, and as no other', () =>
    expect(new Set(aurora.signedIn)).toEqual(new Set(['plinth_master', 'rag_writer', 'rag_reader', 'rag_monitor'])));
});
