import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchServerEnvironment,
  GuardPolicy,
  parseEnvironment,
  type ApiKeyRecord,
  type AuditRecord,
} from '@plinth/contracts';
import { createIdentify, issueApiKey, type RequestSummary } from '@plinth/gateway';
import { aModel, says, ScriptedModel } from '@plinth/gateway/testing';
import { systemClock } from '@plinth/stores';
import { openEmbeddedBatches } from '@plinth/stores/batches/embedded';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import OpenAI, { toFile } from 'openai';
import { createBatchApp } from '../app.ts';
import { composeBatch, type WorkEnvironment } from '../compose.ts';

export type BatchHarness = Awaited<ReturnType<typeof openBatch>>;

/** API and worker over embedded stores, with a model that says what a test tells it to. */
export async function openBatch(
  options: {
    readonly model?: ScriptedModel;
    readonly environment?: Partial<WorkEnvironment>;
    readonly idle?: boolean;
  } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-batch-'));
  const stores = await openEmbeddedStores({ folder: join(folder, 'data'), durable: false });
  const store = await openEmbeddedBatches({ folder, durable: false });
  const objects = await openEmbeddedObjects({ folder: join(folder, 'objects') });
  const model = options.model ?? echoing();
  const errors: unknown[] = [];
  const summaries: RequestSummary[] = [];
  const environment = {
    ...parseEnvironment(BatchServerEnvironment, { PLINTH_CATALOG: JSON.stringify([aModel()]) }),
    PLINTH_GUARD_POLICY: GuardPolicy.parse({ deniedTopics: [{ name: 'weapons', phrases: ['build a bomb'] }] }),
    ...options.environment,
  };
  const parts = {
    environment,
    ...stores,
    store,
    objects,
    identify: createIdentify({ keys: stores.keys, clock: systemClock, defaultTenantLimits: {}, cacheMs: 0 }),
    clock: systemClock,
    openModel: () => model,
    observe: (summary: RequestSummary) => void summaries.push(summary),
    logError: (error: unknown) => void errors.push(error),
    pollMs: 20,
    tellMs: 0,
  };
  const platform = composeBatch(parts);
  const app = createBatchApp({ ...platform, ready: () => Promise.resolve(true) });
  if (options.idle !== true) await platform.start();
  return {
    app,
    platform,
    stores,
    store,
    objects,
    model,
    errors,
    summaries,
    /** As the next process would compose it. */
    again: () => composeBatch(parts),
    async key(overrides: Partial<ApiKeyRecord> = {}): Promise<string> {
      const { key, keyId, secretHash } = issueApiKey();
      const record = { tenant: 'acme', principal: 'ann', groups: [], limits: {}, conversations: false, createdAt: 0 };
      await stores.keys.createKey({ keyId, secretHash, ...record, ...overrides });
      return key;
    },
    /** OpenAI's own client, on the app itself. */
    async client(overrides: Partial<ApiKeyRecord> = {}): Promise<OpenAI> {
      const send = (input: string | URL | Request, init?: RequestInit) =>
        Promise.resolve(app.request(String(input), init));
      return new OpenAI({ baseURL: 'http://batch/v1', apiKey: await this.key(overrides), maxRetries: 0, fetch: send });
    },
    async audit(): Promise<AuditRecord[]> {
      const records: AuditRecord[] = [];
      for await (const entry of stores.audit.read()) records.push(JSON.parse(entry.body) as AuditRecord);
      return records;
    },
    async close() {
      await platform.stop();
      await store.close();
      await stores.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A model that says the last thing it was told. */
export function echoing(): ScriptedModel {
  return new ScriptedModel(({ messages }) =>
    says([String(messages.at(-1)?.content)], { inputTokens: 5, outputTokens: 2 }),
  );
}

/** A file of requests, as clients upload it. */
export function requests(contents: readonly string[], body: object = {}): ReturnType<typeof toFile> {
  const lines = contents.map((content, index) => JSON.stringify(line(`r${index}`, content, body)));
  return toFile(Buffer.from(lines.join('\n')), 'requests.jsonl');
}

export function line(custom_id: string, content: string, body: object = {}) {
  const messages = [{ role: 'user', content }];
  return {
    custom_id,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'small', messages, max_tokens: 9, ...body },
  };
}

const ENDED = ['completed', 'failed', 'expired', 'cancelled'];

/** Looks at a batch until it has ended. */
export async function untilEnded(client: OpenAI, id: string): Promise<OpenAI.Batch> {
  for (let look = 0; look < 1_000; look++) {
    const batch = await client.batches.retrieve(id);
    if (ENDED.includes(batch.status)) return batch;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`The batch ${id} did not end.`);
}

/** The lines of a file, parsed. */
export async function linesOf<T>(client: OpenAI, fileId: string | null | undefined): Promise<T[]> {
  const text = await (await client.files.content(fileId ?? 'none')).text();
  return text
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => JSON.parse(each) as T);
}
