import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChatCompletion, GuardPolicy } from '@plinth/contracts';
import { createIdentify, issueApiKey } from '@plinth/gateway';
import { aModel } from '@plinth/gateway/testing';
import { composeIngest } from '@plinth/ingest';
import { HybridRetriever, migrate, SqlLibrary, type DocumentParser, type Embedder } from '@plinth/retrieval';
import { citedFromLibrary, SqlAnswerStore } from '@plinth/retrieval/answer';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { systemClock } from '@plinth/stores';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRagApp } from './app.ts';
import { composeRag } from './compose.ts';
import { saying } from './testing/rag-platform.ts';

/** Whole texts, as they come. */
const parser: DocumentParser = {
  parse({ bytes }) {
    const text = new TextDecoder().decode(bytes);
    return Promise.resolve({
      title: undefined,
      text,
      blocks: [{ kind: 'paragraph', start: 0, end: text.length }],
      pages: undefined,
    });
  },
  close: () => Promise.resolve(),
};
/** By words alone: every text lies in the same place. */
const embedder: Embedder = {
  model: 'flat',
  dimensions: 2,
  maxTokens: 512,
  embed: (texts) => Promise.resolve(texts.map(() => Float32Array.of(1, 0))),
};

async function openService() {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-rag-documents-'));
  const stores = await openEmbeddedStores({ folder: join(folder, 'data'), durable: false });
  const database = await openEmbeddedDatabase({ folder: join(folder, 'index'), sharedBuffersMb: 16 });
  await migrate(database, { embedding: embedder });
  const errors: unknown[] = [];
  const logError = (error: unknown) => void errors.push(error);
  const objects = await openEmbeddedObjects({ folder: join(folder, 'objects') });
  const ingest = composeIngest({
    database,
    objects,
    parser,
    chunk: ({ text }) => [{ ordinal: 0, headingPath: [], text, start: 0, end: text.length, tokens: text.length }],
    embedder,
    audit: stores.audit,
    clock: systemClock,
    log: (line) => void errors.push(line),
  });
  await ingest.start();
  const library = new SqlLibrary({ database });
  const identify = createIdentify({ keys: stores.keys, clock: systemClock, defaultTenantLimits: {}, cacheMs: 0 });
  const retriever = new HybridRetriever({ database, embedder });
  const answers = new SqlAnswerStore({ database, now: Date.now });
  const parts = { identify, clock: systemClock, retriever, embedder, logError };
  const platform = composeRag({
    environment: {
      PLINTH_CATALOG: [aModel({ maxPromptTokens: 3_000, contextTokens: 4_000 })],
      PLINTH_GUARD_POLICY: GuardPolicy.parse({}),
      PLINTH_UNSUPPORTED: 'abstain',
      PLINTH_PASSAGES: 20,
      PLINTH_PASSAGES_PACKED: 8,
      PLINTH_PASSAGE_TOKENS: 1_500,
      PLINTH_REWRITE: 'rules',
      PLINTH_DEFAULT_LIMITS: {},
      PLINTH_REQUEST_TIMEOUT_MS: 30_000,
      PLINTH_RESERVATION_TTL_MS: 60_000,
    },
    ...stores,
    ...parts,
    answers,
    openModel: () => saying('Every employee has 25 days of annual leave [1].'),
    observe: () => undefined,
  });
  const app = createRagApp({
    ...platform,
    kept: { answers, readCitedTexts: citedFromLibrary(library) },
    documents: { ...ingest, library, objects },
    database,
    ready: () => Promise.resolve(true),
  });
  const { key, keyId, secretHash } = issueApiKey();
  const record = {
    tenant: 'acme',
    principal: 'ann',
    groups: ['staff'],
    limits: {},
    conversations: false,
    createdAt: 0,
  };
  await stores.keys.createKey({ keyId, secretHash, ...record });
  return {
    errors,
    ingest,
    request: (path: string, init: RequestInit = {}) =>
      app.request(path, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } }),
    async close() {
      await ingest.stop();
      await database.close();
      await stores.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

let service: Awaited<ReturnType<typeof openService>>;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

async function upload(text: string, groups: string) {
  const form = new FormData();
  form.set('id', 'leave.txt');
  form.set('groups', groups);
  form.set('file', new Blob([text], { type: 'text/plain' }), 'leave.txt');
  const response = await service.request('/v1/documents', { method: 'POST', body: form });
  await service.ingest.whenIdle();
  return response;
}

async function ask() {
  const body = JSON.stringify({
    model: 'small',
    messages: [{ role: 'user', content: 'How many days of annual leave?' }],
  });
  const response = await service.request('/v1/chat/completions', { method: 'POST', body });
  return ChatCompletion.parse(await response.json());
}

describe('documents and answers in one process', () => {
  it('a document that is sent is cited, its new version instead of it, and after its deletion nothing is known', async () => {
    expect((await upload('Every employee has 25 days of annual leave.', 'staff')).status).toBe(202);
    const first = await ask();
    expect(first.choices[0]?.message).toMatchObject({
      content: 'Every employee has 25 days of annual leave.',
      annotations: [
        {
          url_citation: { document_id: 'leave.txt', version: 1, quote: 'Every employee has 25 days of annual leave.' },
        },
      ],
    });

    // What the model says is no longer so, and so it is not said.
    await upload('Every employee has 30 days of annual leave.', 'staff');
    const second = await ask();
    expect(second.choices[0]?.message.content).not.toContain('25');
    expect(second.plinth).toMatchObject({ abstained: true });

    // The old answer still opens what it quoted.
    const explanation = await service.request(`/v1/answers/${first.plinth?.answer_id}/explanation`);
    expect(await explanation.json()).toMatchObject({
      passages: [{ version: 1, text: 'Every employee has 25 days of annual leave.' }],
    });

    expect((await service.request('/v1/documents/leave.txt', { method: 'DELETE' })).status).toBe(200);
    await service.ingest.whenIdle();
    expect((await ask()).plinth).toMatchObject({ abstained: true, passages: { found: 0 } });
    const gone = await service.request(`/v1/answers/${first.plinth?.answer_id}/explanation`);
    expect(await gone.json()).toMatchObject({ passages: [{ withheld: true }] });
    expect(service.errors).toEqual([]);
  });

  it('nobody opens a document to groups that are not theirs', async () =>
    expect((await upload('Secret.', 'board')).status).toBe(403));
});
