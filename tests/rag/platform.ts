import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ApiKeyRecord, AuditRecord, CatalogModel } from '@plinth/contracts';
import { issueApiKey } from '@plinth/gateway';
import { startLocal } from '@plinth/local';
import { ScriptedEmbeddingEngine, ScriptedEngine } from '@plinth/local/testing';
import { createOpenAIEmbedder } from '@plinth/retrieval';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { fillIndex, type FiledDocument } from './fill-index.ts';
import { startService } from '../start-service.ts';

export const TENANT = 'acme';
const SERVER = resolve(import.meta.dirname, '../../services/rag/src/server.ts');

/**
 * The retrieval server in a process of its own, as `plinth up` starts it: the embedded index filled, the generator behind SageMaker's protocol, a
 * model that says what a test tells it to.
 */
export async function openRagServer(options: {
  readonly documents: readonly FiledDocument[];
  readonly environment?: Record<string, string>;
}) {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-rag-e2e-'));
  const engine = new ScriptedEngine();
  const local = await startLocal({ engine, embeddingEngine: new ScriptedEmbeddingEngine(), embeddings: true });
  const embedder = createOpenAIEmbedder({ baseUrl: local.openaiUrl, model: 'scripted-embeddings', dimensions: 384 });
  await fillIndex(join(folder, 'retrieval/index'), { tenant: TENANT, embedder, documents: options.documents });
  const stores = await openEmbeddedStores({ folder: join(folder, 'data'), durable: false });
  const model: CatalogModel = {
    id: 'writer',
    target: { kind: 'sagemaker', endpointName: 'plinth-chat', modelId: local.modelId },
    contextTokens: 4_096,
    maxPromptTokens: 3_000,
    maxCompletionTokens: 500,
    contextPolicy: 'reject',
    features: [],
    price: { input: 1, output: 2 },
    ownedBy: 'test',
  };
  const { child, url } = await startService(SERVER, {
    PLINTH_PORT: '0',
    PLINTH_STATE_DIR: join(folder, 'data'),
    PLINTH_RETRIEVAL_DIR: join(folder, 'retrieval'),
    PLINTH_CATALOG: JSON.stringify([model]),
    PLINTH_EMBEDDING_URL: local.openaiUrl,
    PLINTH_EMBEDDING_MODEL: embedder.model,
    PLINTH_SAGEMAKER_URL: local.sagemakerUrl,
    PLINTH_BEDROCK_URL: local.bedrockUrl,
    PLINTH_EXIT_WITH_PARENT: 'true',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...options.environment,
  });
  return {
    url,
    engine,
    async key(overrides: Partial<ApiKeyRecord> = {}): Promise<string> {
      const { key, keyId, secretHash } = issueApiKey();
      const record = {
        tenant: TENANT,
        principal: 'ann',
        groups: ['staff'],
        limits: {},
        conversations: false,
        createdAt: 0,
      };
      await stores.keys.createKey({ keyId, secretHash, ...record, ...overrides });
      return key;
    },
    async audit(): Promise<AuditRecord[]> {
      const records: AuditRecord[] = [];
      for await (const entry of stores.audit.read()) records.push(JSON.parse(entry.body) as AuditRecord);
      return records;
    },
    usage: () => stores.ledger.usage(TENANT),
    /** Ends the server as an operator does. Gives its exit code. */
    async stop(): Promise<number | null> {
      const ended = new Promise<number | null>((settle) => child.once('close', settle));
      child.kill('SIGTERM');
      return ended;
    },
    async close() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await stores.close();
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
