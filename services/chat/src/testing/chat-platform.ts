import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuardPolicy, type ApiKeyRecord } from '@plinth/contracts';
import { issueApiKey, type RequestSummary } from '@plinth/gateway';
import { aModel, says, ScriptedModel } from '@plinth/gateway/testing';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { createChatApp, type ChatAppOptions } from '../app.ts';
import { composeChat } from '../compose.ts';

/** The front over embedded stores and a model that says "Hello there." */
export async function openChat(options: Partial<ChatAppOptions> & { model?: ScriptedModel } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-front-'));
  const stores = await openEmbeddedStores({ folder, durable: false });
  const usage = { inputTokens: 4, outputTokens: 2 };
  const model = options.model ?? new ScriptedModel(says(['Hello ', 'there.'], usage));
  const errors: unknown[] = [];
  const summaries: RequestSummary[] = [];
  const logError = (error: unknown) => void errors.push(error);
  const platform = composeChat({
    environment: {
      PLINTH_CATALOG: [aModel()],
      PLINTH_GUARD_POLICY: GuardPolicy.parse({}),
      PLINTH_DEFAULT_LIMITS: {},
      PLINTH_REQUEST_TIMEOUT_MS: 30_000,
      PLINTH_RESERVATION_TTL_MS: 60_000,
      PLINTH_LOG_LEVEL: 'error',
    },
    ...stores,
    openModel: () => model,
    observe: (summary) => summaries.push(summary),
    logError,
  });
  const app = createChatApp({ ...platform, logError, ready: () => Promise.resolve(true), ...options });
  return {
    app,
    platform,
    stores,
    model,
    errors,
    summaries,
    /** The `Authorization` header of a new key. */
    async bearer(overrides: Partial<ApiKeyRecord> = {}): Promise<{ authorization: string }> {
      const { key, keyId, secretHash } = issueApiKey();
      const record = { tenant: 'acme', principal: 'ann', groups: [], limits: {}, conversations: false, createdAt: 0 };
      await stores.keys.createKey({ keyId, secretHash, ...record, ...overrides });
      return { authorization: `Bearer ${key}` };
    },
    async close() {
      await stores.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const asking = (fields: object = {}) =>
  JSON.stringify({ model: 'small', messages: [{ role: 'user', content: 'Hi' }], ...fields });
