import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { composeChat, createChatApp } from '@plinth/chat';
import { GuardPolicy, ModelCatalog, type ApiKeyRecord, type Limits } from '@plinth/contracts';
import { issueApiKey, type RequestSummary } from '@plinth/gateway';
import { startLocal, type LocalOptions, type RunningLocal } from '@plinth/local';
import { ScriptedEngine } from '@plinth/local/testing';
import { createBedrockModel, createBedrockRuntime } from '@plinth/models/bedrock';
import { createOpenAIModel } from '@plinth/models/openai';
import type { AuditRecord } from '@plinth/contracts';
import { openEmbeddedStores, type EmbeddedStores } from '@plinth/stores/embedded';

/** The chat platform over real HTTP on both sides, with a model that says what a test tells it to. */
export interface TestPlatform {
  readonly url: string;
  readonly engine: ScriptedEngine;
  readonly stores: EmbeddedStores;
  readonly requests: RequestSummary[];
  readonly errors: unknown[];
  key(overrides?: Partial<ApiKeyRecord>): Promise<string>;
  audit(): Promise<AuditRecord[]>;
  close(): Promise<void>;
}

export interface PlatformOptions {
  readonly tenantLimits?: Limits;
  readonly requestTimeoutMs?: number;
  /** Guardrails the local Bedrock endpoint knows; the first is asked about every question and answer. */
  readonly guardrails?: LocalOptions['guardrails'];
}

const MODEL = {
  contextTokens: 2_000,
  maxPromptTokens: 1_000,
  maxCompletionTokens: 200,
  price: { input: 1, output: 2 },
};

export async function startPlatform(options: PlatformOptions = {}): Promise<TestPlatform> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-chat-'));
  const engine = new ScriptedEngine();
  const local = await startLocal({ engine, guardrails: options.guardrails });
  const bedrock = createBedrockRuntime({
    region: 'us-east-1',
    endpoint: local.bedrockUrl,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'test' },
  });
  const [guardrail] = options.guardrails ?? [];
  const stores = await openEmbeddedStores({ folder });
  const requests: RequestSummary[] = [];
  const errors: unknown[] = [];
  const platform = composeChat({
    environment: {
      PLINTH_CATALOG: catalog(local),
      PLINTH_GUARD_POLICY: GuardPolicy.parse({ deniedTopics: [{ name: 'weapons', phrases: ['build a bomb'] }] }),
      PLINTH_DEFAULT_LIMITS: options.tenantLimits ?? {},
      PLINTH_REQUEST_TIMEOUT_MS: options.requestTimeoutMs ?? 30_000,
      PLINTH_RESERVATION_TTL_MS: 60_000,
      PLINTH_LOG_LEVEL: 'error',
      PLINTH_GUARDRAIL: guardrail && { id: guardrail.id, version: guardrail.version },
    },
    ...stores,
    bedrock,
    openModel: (model) =>
      model.target.kind === 'openai' ? createOpenAIModel(model) : createBedrockModel(model, { client: bedrock }),
    observe: (summary) => requests.push(summary),
    logError: (error) => errors.push(error),
  });
  const app = createChatApp({
    ...platform,
    logError: (error) => errors.push(error),
    ready: () => Promise.resolve(true),
  });
  const server = createAdaptorServer({ fetch: app.fetch, createServer }) as Server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    engine,
    stores,
    requests,
    errors,
    key: (overrides = {}) => makeKey(stores, overrides),
    async audit() {
      const records: AuditRecord[] = [];
      for await (const entry of stores.audit.read()) records.push(JSON.parse(entry.body) as AuditRecord);
      return records;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await stores.close();
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function catalog(local: RunningLocal): ModelCatalog {
  const bedrock = { kind: 'bedrock' as const, modelId: local.modelId, api: 'converse' as const };
  const openai = { kind: 'openai' as const, baseUrl: local.openaiUrl, modelId: local.modelId };
  return ModelCatalog.parse([
    { id: 'bedrock', target: bedrock, ...MODEL },
    { id: 'openai', target: openai, ...MODEL },
    { id: 'truncates', target: openai, ...MODEL, contextPolicy: 'truncate' },
    { id: 'summarizes', target: openai, ...MODEL, contextPolicy: 'summarize' },
  ]);
}

async function makeKey(stores: EmbeddedStores, overrides: Partial<ApiKeyRecord>): Promise<string> {
  const { key, keyId, secretHash } = issueApiKey();
  await stores.keys.createKey({
    keyId,
    secretHash,
    tenant: 'acme',
    principal: 'ann',
    groups: [],
    limits: {},
    conversations: false,
    createdAt: 0,
    ...overrides,
  });
  return key;
}
