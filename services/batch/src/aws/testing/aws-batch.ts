import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  GuardPolicy,
  BatchPlan,
  type BatchEngine,
  type BatchModel,
  type BatchShard,
  type Identity,
} from '@plinth/contracts';
import { anIdentity, MemoryAudit } from '@plinth/gateway/testing';
import { openDynamoStores } from '@plinth/stores/aws';
import type { BatchRecord, BatchStore } from '@plinth/stores/batches';
import { openDynamoBatches } from '@plinth/stores/batches/aws';
import { openS3Objects } from '@plinth/stores/objects/aws';
import { aBatch, aFile, fresh, startLocalDynamo, startLocalS3 } from '@plinth/stores/testing';
import { ManualClock } from '@plinth/stores/testing/manual-clock';
import type { createBedrockRuntime } from '@plinth/models/bedrock';
import type { createSageMakerRuntime } from '@plinth/models/sagemaker';
import { composeSteps } from '../compose-steps.ts';
import { RESULTS } from '../open.ts';
import type { Buckets } from '../places.ts';
import type { StepAnswer } from '../step-handler.ts';

/** A Monday, 12:00 in UTC. */
export const MIDDAY = Date.UTC(2026, 10, 30, 12);

export const MODEL: BatchModel = {
  id: 'nova-lite',
  contextTokens: 10_000,
  maxPromptTokens: 8_000,
  maxCompletionTokens: 100,
  engines: {
    bedrock: { input: 1, output: 2, modelId: 'amazon.nova-lite-v1:0' },
    transform: { input: 3, output: 4 },
    async: { input: 5, output: 6 },
    spot: { input: 7, output: 8 },
  },
};

export type AwsBatch = Awaited<ReturnType<typeof openAwsBatch>>;

/** A request of a file. */
export function request(customId: string, content: string, more: object = {}) {
  return {
    custom_id: customId,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: MODEL.id, messages: [{ role: 'user', content }], ...more },
  };
}

/** The steps over a table and two buckets of servers that speak the protocols, with time that stands still. */
export async function openAwsBatch(
  options: {
    readonly limits?: Identity['tenantLimits'];
    readonly sagemaker?: ReturnType<typeof createSageMakerRuntime>;
    readonly recordsPerShard?: number;
  } = {},
) {
  const [dynamo, s3] = [await startLocalDynamo(), await startLocalS3()];
  const buckets = await twoBuckets(s3.client);
  const clock = new ManualClock(MIDDAY);
  const { ledger, conversations } = openDynamoStores({ ...dynamo, clock });
  const store: BatchStore = openDynamoBatches({
    client: dynamo.client,
    table: dynamo.recordsTable,
    objects: buckets.output,
  });
  const audit = new MemoryAudit();
  const errors: unknown[] = [];
  const unreached = () => Promise.reject(new Error('No AWS here.'));
  const handle = composeSteps({
    environment: {
      PLINTH_CATALOG: [MODEL],
      PLINTH_SHARDING: { recordsPerShard: options.recordsPerShard ?? 100, maxRecords: 1_000 },
      PLINTH_GUARD_POLICY: GuardPolicy.parse({ deniedTopics: [{ name: 'weapons', phrases: ['build a bomb'] }] }),
      PLINTH_ASYNC_ENDPOINT: 'qwen',
      PLINTH_ASYNC_REQUESTS: 's3://output/async/requests/',
      PLINTH_JOBS_TABLE: dynamo.recordsTable,
      PLINTH_LEDGER_TABLE: dynamo.ledgerTable,
      PLINTH_RECORDS_TABLE: dynamo.recordsTable,
      PLINTH_AUDIT_TABLE: dynamo.auditTable,
      PLINTH_INPUT_BUCKET: 'input',
      PLINTH_OUTPUT_BUCKET: 'output',
      PLINTH_LOG_LEVEL: 'info',
    },
    ...{ store, buckets, ledger, audit, conversations, clock },
    bedrock: unreached as ReturnType<typeof createBedrockRuntime>,
    sagemaker: options.sagemaker ?? (unreached as ReturnType<typeof createSageMakerRuntime>),
    observe: () => undefined,
    logError: (error) => void errors.push(error),
  });

  return {
    ...{ store, buckets, ledger, audit, clock, errors, dynamo, s3 },
    step: (payload: object): Promise<StepAnswer> => handle(payload, () => 60_000),
    /** A batch of this file, as the API leaves it. */
    async submit(lines: readonly (object | string)[], more: Partial<BatchRecord> & { engine?: BatchEngine } = {}) {
      const { engine, ...card } = more;
      const tenant = fresh('tenant');
      const identity = anIdentity({ tenant, tenantLimits: options.limits ?? {} });
      const id = `batch_${randomUUID().replaceAll('-', '')}`;
      const key = `files/t-${tenant}/file-${id}`;
      const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
      await buckets.input.put(key, Buffer.from(text), { maxBytes: 1e9 });
      await store.putFile(aFile({ id: `file-${id}`, tenant, key, bytes: text.length }));
      const batch = aBatch({
        id,
        tenant,
        principal: identity.principal,
        identity: JSON.stringify(identity),
        request: {
          input_file_id: `file-${id}`,
          endpoint: '/v1/chat/completions',
          completion_window: '24h',
          ...(engine && { plinth: { engine } }),
        },
        createdAt: MIDDAY,
        expiresAt: MIDDAY + 86_400_000,
        ...card,
      });
      await store.createBatch(batch);
      return batch;
    },
    batch: async ({ tenant, id }: BatchRecord) => (await store.getBatch(tenant, id))!,
    async plan({ tenant, id }: BatchRecord): Promise<{ plan: BatchPlan; shards: BatchShard[] }> {
      const plan = BatchPlan.parse(await handle({ step: 'prepare', tenant, batchId: id }, () => 60_000));
      return { plan, shards: (await linesOf(buckets.input, plan.manifestKey)) as BatchShard[] };
    },
    /** Lines of the file that people get; empty where there is none. */
    async result({ tenant, id }: BatchRecord, kind: 'output' | 'errors') {
      return linesOf(buckets.results, `files/t-${tenant}/file-${id}-${kind}`) as unknown as Promise<AnswerLine[]>;
    },
    async close() {
      await dynamo.close();
      await s3.close();
    },
  };
}

export interface AnswerLine {
  readonly custom_id: string;
  readonly response: {
    readonly status_code: number;
    readonly body: { choices: { message: { content: string } }[] };
  } | null;
  readonly error: { readonly code: string } | null;
}

export async function linesOf(objects: Buckets['input'], key: string): Promise<Record<string, unknown>[]> {
  const object = await objects.get(key);
  if (object === undefined) return [];
  const parts: Buffer[] = [];
  for await (const part of object.body) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function twoBuckets(client: S3Client): Promise<Buckets> {
  for (const Bucket of ['input', 'output']) await client.send(new CreateBucketCommand({ Bucket }));
  return {
    input: openS3Objects({ client, bucket: 'input' }),
    output: openS3Objects({ client, bucket: 'output' }),
    results: openS3Objects({ client, bucket: 'output', prefix: RESULTS }),
  };
}
