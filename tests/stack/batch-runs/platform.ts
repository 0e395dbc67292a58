import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ScriptedAws } from '@plinth/batch/testing/aws';
import { startLocalDynamo, type LocalDynamo } from '@plinth/stores/testing';
import { startFauxqs } from 'fauxqs';

const BUNDLE = join(import.meta.dirname, '../../../services/batch/dist/lambda');
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'test' };
const context = { getRemainingTimeInMillis: () => 60_000 };
export const ISSUER = 'https://issuer.example/pool';
export const AUDIENCE = 'client';

const price = { input: 1, output: 2 };
export const CATALOG = [
  {
    id: 'nova-lite',
    contextTokens: 10_000,
    maxPromptTokens: 8_000,
    maxCompletionTokens: 100,
    engines: { bedrock: { ...price, modelId: 'amazon.nova-lite-v1:0' } },
  },
  {
    id: 'qwen3-8b',
    contextTokens: 10_000,
    maxPromptTokens: 8_000,
    maxCompletionTokens: 100,
    engines: { transform: price, async: price, spot: { input: 0.1, output: 0.2 } },
  },
];

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** The three functions as they are bundled, over servers that speak the protocols of what they call. */
export class BatchPlatform {
  readonly aws: ScriptedAws;
  readonly dynamo: LocalDynamo;
  readonly s3: S3Client;
  readonly variables: Readonly<Record<string, string>>;
  readonly #fauxqs: Awaited<ReturnType<typeof startFauxqs>>;
  readonly #sqs: SQSClient;
  readonly #queues: readonly string[];
  #functions: Readonly<Record<'api' | 'dispatch' | 'steps', Handler>> | undefined;

  private constructor(parts: Pick<BatchPlatform, 'aws' | 'dynamo' | 's3' | 'variables'>, rest: readonly unknown[]) {
    ({ aws: this.aws, dynamo: this.dynamo, s3: this.s3, variables: this.variables } = parts);
    [this.#fauxqs, this.#sqs, this.#queues] = rest as [
      Awaited<ReturnType<typeof startFauxqs>>,
      SQSClient,
      readonly string[],
    ];
  }

  static async start(): Promise<BatchPlatform> {
    const [aws, dynamo] = [await ScriptedAws.start(), await startLocalDynamo()];
    const fauxqs = await startFauxqs({ port: 0, logger: false });
    const fake = `http://127.0.0.1:${fauxqs.port}`;
    const there = { region: 'us-east-1', endpoint: fake, credentials };
    const [s3, sqs] = [new S3Client({ ...there, forcePathStyle: true }), new SQSClient(there)];
    for (const Bucket of ['input', 'output']) await s3.send(new CreateBucketCommand({ Bucket }));
    const queues = await Promise.all(
      ['work', 'control'].map(async (QueueName) => (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl!),
    );
    const { protocol, hostname, port } = await dynamo.client.config.endpoint!();
    const variables = {
      PLINTH_CATALOG: JSON.stringify(CATALOG),
      PLINTH_JOBS_TABLE: dynamo.recordsTable,
      PLINTH_LEDGER_TABLE: dynamo.ledgerTable,
      PLINTH_RECORDS_TABLE: dynamo.recordsTable,
      PLINTH_AUDIT_TABLE: dynamo.auditTable,
      PLINTH_INPUT_BUCKET: 'input',
      PLINTH_OUTPUT_BUCKET: 'output',
      PLINTH_SHARDING: JSON.stringify({ recordsPerShard: 100, maxRecords: 1_000 }),
      PLINTH_ASYNC_ENDPOINT: 'qwen',
      PLINTH_ASYNC_REQUESTS: 's3://output/async/requests/',
      PLINTH_STATE_MACHINE_ARN: aws.stateMachineArn,
      PLINTH_DEFAULT_LIMITS: '{}',
      PLINTH_OIDC_ISSUER: ISSUER,
      PLINTH_OIDC_AUDIENCE: AUDIENCE,
      PLINTH_WORK_QUEUE_URL: queues[0]!,
      PLINTH_CONTROL_QUEUE_URL: queues[1]!,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: `${protocol}//${hostname}:${port}`,
      AWS_ENDPOINT_URL_S3: fake,
      AWS_ENDPOINT_URL_SQS: fake,
      AWS_ENDPOINT_URL_SFN: aws.endpoint,
      AWS_ENDPOINT_URL_BEDROCK: aws.endpoint,
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: aws.endpoint,
    };
    return new BatchPlatform({ aws, dynamo, s3, variables }, [fauxqs, sqs, queues]);
  }

  /** Calls a function, which reads its environment when it is loaded, as in a cold start. */
  async call(name: 'api' | 'dispatch' | 'steps', event: unknown): Promise<unknown> {
    Object.assign(process.env, this.variables);
    this.#functions ??= {
      api: ((await import(join(BUNDLE, 'api.mjs'))) as { handler: Handler }).handler,
      dispatch: ((await import(join(BUNDLE, 'dispatch.mjs'))) as { handler: Handler }).handler,
      steps: ((await import(join(BUNDLE, 'steps.mjs'))) as { handler: Handler }).handler,
    };
    return this.#functions[name](event, context);
  }

  /** A request to the API, as an HTTP API hands it on. */
  async http(method: string, path: string, body?: BodyInit, tenant = 'acme') {
    const request = new Request(`https://batch.example${path}`, { method, ...(body !== undefined && { body }) });
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'ann', 'custom:tenant': tenant, exp: '4102444800' };
    const answer = (await this.call('api', {
      version: '2.0',
      rawPath: path,
      rawQueryString: '',
      headers: Object.fromEntries(request.headers),
      body: body === undefined ? undefined : Buffer.from(await request.arrayBuffer()).toString('base64'),
      isBase64Encoded: body !== undefined,
      requestContext: { http: { method, path }, authorizer: { jwt: { claims, scopes: null } } },
    })) as { statusCode: number; headers: Record<string, string>; body: string };
    const { statusCode: status, headers } = answer;
    return { status, headers, body: answer.body === '' ? {} : (JSON.parse(answer.body) as Record<string, unknown>) };
  }

  /** Takes the messages of both queues to the dispatcher; gives how many there were. */
  async dispatch(): Promise<number> {
    let count = 0;
    for (const QueueUrl of this.#queues) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      for (const { MessageId, Body, ReceiptHandle } of Messages) {
        await this.tell(JSON.parse(Body!), MessageId);
        await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        count += 1;
      }
    }
    return count;
  }

  async tell(message: unknown, messageId = 'm'): Promise<void> {
    const answer = await this.call('dispatch', { Records: [{ messageId, body: JSON.stringify(message) }] });
    const { batchItemFailures } = answer as { batchItemFailures: unknown[] };
    if (batchItemFailures.length > 0) throw new Error(`The dispatcher gave ${JSON.stringify(message)} back.`);
  }

  async lines(bucket: string, key: string): Promise<Record<string, unknown>[]> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const text = await Body!.transformToString();
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
  }

  async put(bucket: string, key: string, lines: readonly object[]): Promise<void> {
    const Body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
  }

  async keys(bucket: string, prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return Contents.map(({ Key }) => Key!);
  }

  async close(): Promise<void> {
    this.s3.destroy();
    this.#sqs.destroy();
    await Promise.all([this.aws.close(), this.dynamo.close(), this.#fauxqs.stop()]);
  }
}
