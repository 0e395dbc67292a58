import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuardPolicy, type CatalogModel, type Identity } from '@plinth/contracts';
import { systemClock, type ConversationStore } from '@plinth/stores';
import { openEmbeddedStores, type EmbeddedStores } from '@plinth/stores/embedded';
import { Admission } from '../admission/admission.ts';
import type { ChatEvent } from '../chat/events.ts';
import { createChatGateway, type ChatGateway } from '../chat/gateway.ts';
import { Conversations } from '../conversations.ts';
import type { Grounding } from '../grounding/grounding.ts';
import { createLocalGuard } from '../guard/local/index.ts';
import type { RequestSummary } from '../observer.ts';
import { anIdentity, aModel, MemoryAudit } from './samples.ts';
import type { ScriptedModel } from './scripted-model.ts';

export const GUARD = GuardPolicy.parse({ deniedTopics: [{ name: 'weapons', phrases: ['build a bomb'] }] });

export interface GatewayHarness {
  /** A tenant of its own, so that tests share one store. */
  readonly tenant: string;
  readonly stores: EmbeddedStores;
  readonly audit: MemoryAudit;
  readonly admission: Admission;
  readonly summaries: RequestSummary[];
  readonly gateway: ChatGateway;
  /** Sends a request body; the controller is the client's connection. */
  chat(body: object, controller?: AbortController): ReturnType<ChatGateway>;
}

/** Embedded stores in a folder of their own, gone when they are closed. */
export async function openStores(): Promise<EmbeddedStores> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-gateway-'));
  const stores = await openEmbeddedStores({ folder, durable: false });
  const close = async () => {
    await stores.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...stores, close };
}

let opened = 0;

/** The governed path over a scripted model and the embedded ledger. */
export function openGateway(
  client: ScriptedModel,
  stores: EmbeddedStores,
  options: {
    model?: Partial<CatalogModel>;
    identity?: Partial<Identity>;
    identify?: () => Promise<Identity>;
    requestTimeoutMs?: number;
    conversations?: ConversationStore;
    grounding?: Grounding;
  } = {},
): GatewayHarness {
  const tenant = `tenant-${++opened}`;
  const audit = new MemoryAudit();
  const summaries: RequestSummary[] = [];
  const admission = new Admission({
    ledger: stores.ledger,
    ttlMs: 60_000,
    onExpired: () => undefined,
    onError: () => undefined,
  });
  const model = aModel(options.model);
  const gateway = createChatGateway({
    identify: options.identify ?? (() => Promise.resolve(anIdentity({ tenant, ...options.identity }))),
    admission,
    guard: createLocalGuard(GUARD),
    router: { catalog: [model], resolve: () => ({ model, client }) },
    audit,
    conversations: new Conversations(options.conversations ?? stores.conversations, systemClock),
    grounding: options.grounding,
    clock: systemClock,
    observe: (summary) => summaries.push(summary),
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
  });
  let calls = 0;
  return {
    tenant,
    stores,
    audit,
    admission,
    summaries,
    gateway,
    chat: (body, controller = new AbortController()) =>
      gateway({
        requestId: `req-${++calls}`,
        authorization: 'Bearer x',
        body: Buffer.from(JSON.stringify({ model: 'small', ...body })),
        controller,
      }),
  };
}

export const ask = (content: string) => ({ messages: [{ role: 'user', content }] });

export async function allOf(events: AsyncIterable<ChatEvent>): Promise<ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

export const textOf = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');

/** The ledger's own total for a tenant, and what it still holds for requests under way. */
export async function ledgerOf({ stores, tenant }: { stores: EmbeddedStores; tenant: string }) {
  const usage = (await stores.ledger.usage(tenant)).find(({ scope }) => scope === 'tenant');
  return {
    tokens: usage?.day.tokens ?? 0,
    nanoUsd: usage?.day.nanoUsd ?? 0,
    concurrent: usage?.concurrentRequests ?? 0,
  };
}
