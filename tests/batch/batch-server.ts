import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ApiKeyRecord, AuditRecord, CatalogModel } from '@plinth/contracts';
import { issueApiKey } from '@plinth/gateway';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import OpenAI, { toFile } from 'openai';
import { startService } from '../start-service.ts';

export const TENANT = 'acme';
const SERVER = resolve(import.meta.dirname, '../../services/batch/src/server.ts');
const ENDED = ['completed', 'failed', 'expired', 'cancelled'];

/** The batch server in a process of its own, as `plinth up` starts it, in front of the model server at `modelUrl`. It may be killed and started again. */
export async function openBatchServer(options: {
  readonly modelUrl: string;
  readonly modelId?: string;
  readonly environment?: Record<string, string>;
}) {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-batch-e2e-'));
  const stores = await openEmbeddedStores({ folder: join(folder, 'data'), durable: false });
  const model: CatalogModel = {
    id: 'small',
    target: { kind: 'openai', baseUrl: options.modelUrl, modelId: options.modelId ?? 'small' },
    contextTokens: 2_000,
    maxPromptTokens: 1_000,
    maxCompletionTokens: 200,
    contextPolicy: 'reject',
    features: ['seed', 'priority'],
    price: { input: 1, output: 2 },
    ownedBy: 'test',
  };
  const variables = {
    PLINTH_STATE_DIR: join(folder, 'data'),
    PLINTH_BATCH_DIR: join(folder, 'batches'),
    PLINTH_CATALOG: JSON.stringify([model]),
    PLINTH_EXIT_WITH_PARENT: 'true',
    PLINTH_PORT: '0',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...options.environment,
  };
  let running = await startService(SERVER, variables);
  const end = (signal: NodeJS.Signals) =>
    new Promise<number | null>((settle) => {
      if (running.child.exitCode !== null || running.child.signalCode !== null) return settle(running.child.exitCode);
      running.child.once('close', settle);
      running.child.kill(signal);
    });
  return {
    folder,
    get url() {
      return running.url;
    },
    async client(overrides: Partial<ApiKeyRecord> = {}): Promise<OpenAI> {
      const { key, keyId, secretHash } = issueApiKey();
      const record = { tenant: TENANT, principal: 'ann', groups: [], limits: {}, conversations: false, createdAt: 0 };
      await stores.keys.createKey({ keyId, secretHash, ...record, ...overrides });
      return new OpenAI({ baseURL: `${running.url}/v1`, apiKey: key, maxRetries: 0 });
    },
    async audit(): Promise<AuditRecord[]> {
      const records: AuditRecord[] = [];
      for await (const entry of stores.audit.read()) records.push(JSON.parse(entry.body) as AuditRecord);
      return records;
    },
    usage: () => stores.ledger.usage(TENANT),
    kill: () => end('SIGKILL'),
    /** Ends the server as an operator does. Gives its exit code. */
    stop: () => end('SIGTERM'),
    /** On the same port, so that clients find it again. */
    async start(): Promise<void> {
      running = await startService(SERVER, { ...variables, PLINTH_PORT: new URL(running.url).port });
    },
    async close() {
      await end('SIGKILL');
      await stores.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Uploads requests of these bodies, named `r0`, `r1` and so on, and makes a batch of them. */
export async function submit(client: OpenAI, bodies: readonly object[]): Promise<OpenAI.Batch> {
  const lines = bodies.map((body, index) =>
    JSON.stringify({
      custom_id: `r${index}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'small', ...body },
    }),
  );
  const file = await toFile(Buffer.from(lines.join('\n')), 'requests.jsonl');
  const { id } = await client.files.create({ file, purpose: 'batch' });
  return client.batches.create({ input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h' });
}

export const saying = (content: string, fields: object = {}) => ({
  messages: [{ role: 'user', content }],
  max_tokens: 16,
  ...fields,
});

export async function untilEnded(client: OpenAI, id: string, withinMs = 60_000): Promise<OpenAI.Batch> {
  for (const until = Date.now() + withinMs; Date.now() < until; await new Promise((wake) => setTimeout(wake, 100))) {
    const batch = await client.batches.retrieve(id);
    if (ENDED.includes(batch.status)) return batch;
  }
  throw new Error(`The batch ${id} did not end in time.`);
}

export async function linesOf<T>(client: OpenAI, fileId: string | null | undefined): Promise<T[]> {
  const text = await (await client.files.content(fileId ?? 'none')).text();
  return text
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => JSON.parse(each) as T);
}
