import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { composeChat, createChatApp } from '@plinth/chat';
import { GuardPolicy, RouteList, type ApiKeyRecord, type AuditRecord, type CatalogModel } from '@plinth/contracts';
import { issueApiKey } from '@plinth/gateway';
import { modelOpener } from '@plinth/models';
import { createBedrockModel, createBedrockRuntime } from '@plinth/models/bedrock';
import { createOpenAIModel } from '@plinth/models/openai';
import { poolsAdapter, type OpenPoolsOptions } from '@plinth/models/routing';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { ask, type Asked } from './ask.ts';

/** The chat front in this process, with models wherever the catalog says and Bedrock at `bedrockUrl`. */
export async function openHybridPlatform(catalog: CatalogModel[], bedrockUrl: string, pools: OpenPoolsOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-routing-'));
  const stores = await openEmbeddedStores({ folder, durable: false });
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'test' };
  const bedrock = createBedrockRuntime({ region: 'us-east-1', endpoint: bedrockUrl, credentials });
  const platform = composeChat({
    environment: {
      PLINTH_CATALOG: catalog,
      PLINTH_GUARD_POLICY: GuardPolicy.parse({}),
      PLINTH_DEFAULT_LIMITS: {},
      PLINTH_REQUEST_TIMEOUT_MS: 60_000,
      PLINTH_RESERVATION_TTL_MS: 60_000,
      PLINTH_LOG_LEVEL: 'error',
    },
    ...stores,
    openModel: modelOpener({
      bedrock: (model) => createBedrockModel(model, { client: bedrock }),
      openai: createOpenAIModel,
      pools: poolsAdapter(pools),
    }),
    observe: () => undefined,
    logError: () => undefined,
  });
  const app = createChatApp({ ...platform, logError: () => undefined, ready: () => Promise.resolve(true) });
  const server = createAdaptorServer({ fetch: app.fetch, createServer }) as Server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const key = async (overrides: Partial<ApiKeyRecord> = {}): Promise<string> => {
    const issued = issueApiKey();
    const record = { tenant: 'acme', principal: 'ann', groups: [], limits: {}, conversations: false, createdAt: 0 };
    await stores.keys.createKey({ keyId: issued.keyId, secretHash: issued.secretHash, ...record, ...overrides });
    return issued.key;
  };
  const usual = await key();
  return {
    key,
    /** Asks for a streamed answer. */
    ask: (fields: object = {}, apiKey = usual): Asked => ask(url, apiKey, fields),
    async routes(): Promise<RouteList['data']> {
      const response = await fetch(`${url}/v1/routes`, { headers: { authorization: `Bearer ${usual}` } });
      return RouteList.parse(await response.json()).data;
    },
    async audit(): Promise<AuditRecord[]> {
      const records: AuditRecord[] = [];
      for await (const entry of stores.audit.read()) records.push(JSON.parse(entry.body) as AuditRecord);
      return records;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await stores.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
