import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuardPolicy, OfflinePolicy, type AuditRecord, type Identity } from '@plinth/contracts';
import { Admission, Conversations, createChatGateway, createLocalGuard, createRouter } from '@plinth/gateway';
import { aModel, anIdentity, says, ScriptedModel, type Script } from '@plinth/gateway/testing';
import { systemClock } from '@plinth/stores';
import { openEmbeddedSite, type EmbeddedSite } from '@plinth/stores/embedded';
import { createDeliver } from '../outbox/deliver.ts';
import { Delivery } from '../outbox/delivery.ts';
import { createSiteChat, type SiteAnswer, type SiteCall } from '../outbox/site-chat.ts';
import { SiteOutbox } from '../outbox/site-outbox.ts';
import { SwitchedLink } from './switched-link.ts';

export interface TestSite {
  readonly stores: EmbeddedSite;
  readonly link: SwitchedLink;
  readonly outbox: SiteOutbox;
  readonly delivery: Delivery;
  /** The one that is at the centre; the one on site says "here". */
  readonly large: ScriptedModel;
  identity: Identity;
  readonly answer: (call: SiteCall) => Promise<SiteAnswer>;
  /** Sends a request body. */
  chat(body: object, options?: { respondAsync?: boolean; idempotencyKey?: string }): Promise<SiteAnswer>;
  records(): Promise<AuditRecord[]>;
  close(): Promise<void>;
}

/** A site with two models, whose link is as a test says. */
export async function openSite(
  script: Script | (() => Script) = says(['far'], { inputTokens: 3, outputTokens: 1 }),
  { policy = {}, up = false }: { policy?: Partial<OfflinePolicy>; up?: boolean } = {},
): Promise<TestSite> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-edge-'));
  const stores = await openEmbeddedSite({ folder, durable: false });
  const link = new SwitchedLink(up);
  const large = new ScriptedModel(script);
  const small = new ScriptedModel(says(['here'], { inputTokens: 3, outputTokens: 1 }));
  const models = [aModel({ id: 'small', local: true }), aModel({ id: 'large' })];
  const router = createRouter(models, (model) => (model.id === 'large' ? large : small));
  const site = { identity: anIdentity() };
  const identify = () => Promise.resolve(site.identity);
  const parts = {
    router,
    guard: createLocalGuard(GuardPolicy.parse({ deniedTopics: [{ name: 'weapons', phrases: ['build a bomb'] }] })),
    conversations: new Conversations(stores.conversations, systemClock),
    clock: systemClock,
    observe: () => undefined,
    requestTimeoutMs: 30_000,
  };
  const { ledger, audit } = stores;
  const admission = new Admission({ ledger, ttlMs: 60_000, onExpired: () => undefined, onError: () => undefined });
  const gateway = createChatGateway({ ...parts, identify, admission, audit });
  const delivery = new Delivery({
    outbox: stores.outbox,
    deliver: createDeliver(parts),
    link,
    retry: { firstWaitMs: 1, longestWaitMs: 5 },
    onError: () => undefined,
  });
  const offline = OfflinePolicy.parse(policy);
  const outbox = new SiteOutbox({
    outbox: stores.outbox,
    audit,
    router,
    policy: offline,
    clock: systemClock,
    delivery,
  });
  const answer = createSiteChat({ gateway, identify, router, outbox, link, policy: offline });
  let requests = 0;
  return Object.assign(site, {
    stores,
    link,
    outbox,
    delivery,
    large,
    answer,
    chat: (
      body: object,
      { respondAsync = false, idempotencyKey }: { respondAsync?: boolean; idempotencyKey?: string } = {},
    ) =>
      answer({
        requestId: `req-${++requests}`,
        authorization: 'Bearer x',
        body: Buffer.from(JSON.stringify({ model: 'large', messages: [{ role: 'user', content: 'Hi' }], ...body })),
        controller: new AbortController(),
        respondAsync,
        idempotencyKey,
      }),
    async records() {
      const records: AuditRecord[] = [];
      for await (const { body } of audit.read()) records.push(JSON.parse(body) as AuditRecord);
      return records;
    },
    async close() {
      link.up = false;
      await delivery.stop({ graceMs: 0 });
      await stores.close();
      await rm(folder, { recursive: true });
    },
  });
}

/** The item that was kept, or a failed test. */
export function keptIn(answer: SiteAnswer) {
  if (answer.kind !== 'kept') throw new Error('It was answered.');
  return answer.shown.item;
}
