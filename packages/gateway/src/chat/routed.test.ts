import type { CatalogModel, ChatMessage, Identity } from '@plinth/contracts';
import type { CallOptions, ModelEvent, ModelRequest, ModelRoute, RouteTerms } from '@plinth/models';
import type { EmbeddedStores } from '@plinth/stores/embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlatformError } from '@plinth/contracts';
import { allOf, ask, ledgerOf, openGateway, openStores } from '../testing/gateway-harness.ts';
import { forever, says, ScriptedModel, type Script } from '../testing/scripted-model.ts';

let stores: EmbeddedStores;
beforeAll(async () => {
  stores = await openStores();
});
afterAll(() => stores.close());

const usage = { inputTokens: 10, outputTokens: 3 };
const ROUTE: ModelRoute = {
  pool: 'own',
  member: 'gpu-1',
  reason: 'own-free',
  queuedMs: 12,
  attempts: [{ pool: 'bedrock', member: 'eu', outcome: 'overloaded' }],
  price: { input: 0.5, output: 0 },
};
const { price: _price, ...AUDITED } = ROUTE;

/** One local pool and one that is not. */
const target: CatalogModel['target'] = {
  kind: 'pools',
  pools: (['own', 'bedrock'] as const).map((id) => ({
    id,
    owner: id === 'own' ? 'own' : 'managed',
    local: id === 'own',
    canaryShare: 0,
    price: { input: 0, output: 0 },
    members: [
      { id: `${id}-1`, slots: 1, maxSlots: 1, target: { kind: 'openai', baseUrl: 'http://127.0.0.1:1', modelId: 'm' } },
    ],
  })),
};

/** Remembers by what terms it was called. */
class RoutedModel extends ScriptedModel {
  readonly terms: (RouteTerms | undefined)[] = [];
  override stream(request: ModelRequest, options: CallOptions): AsyncGenerator<ModelEvent> {
    this.terms.push(options.route);
    return super.stream(request, options);
  }
  override countTokens(messages: readonly ChatMessage[], options?: CallOptions): Promise<number | undefined> {
    this.terms.push(options?.route);
    return super.countTokens(messages);
  }
}

const [, ...rest] = says(['Hello.'], usage);
const routed: Script = [{ type: 'start', route: ROUTE }, ...rest];

function open(script: Script, options: { model?: Partial<CatalogModel>; identity?: Partial<Identity> } = {}) {
  const model = new RoutedModel(script, (messages) => messages.length * 400);
  return { ...openGateway(model, stores, { ...options, model: { target, ...options.model } }), model };
}

describe('an answer of a model with pools', () => {
  it('is priced by where it came from, and its way is audited and observed', async () => {
    const opened = open(routed);
    const events = await allOf((await opened.chat(ask('Hi'))).events);
    expect(events.at(-1)).toMatchObject({ usage: { cost_usd: 0.000005 } });
    expect(opened.audit.records).toMatchObject([{ outcome: 'allowed', nanoUsd: 5_000, route: AUDITED }]);
    expect(opened.audit.records[0]?.route).toEqual(AUDITED);
    expect(opened.summaries[0]?.route).toEqual(AUDITED);
    expect(await ledgerOf(opened)).toEqual({ tokens: 13, nanoUsd: 5_000, concurrent: 0 });
  });

  it('that no place gave is audited with what was tried, and costs nothing', async () => {
    const error = new PlatformError('overloaded', 'Taken.', { retryAfterSeconds: 3 });
    const opened = open([{ type: 'error', error, route: { queuedMs: 40, attempts: AUDITED.attempts } }]);
    await expect(opened.chat(ask('Hi'))).rejects.toBe(error);
    expect(opened.audit.records).toMatchObject([
      { outcome: 'failed', nanoUsd: 0, route: { queuedMs: 40, attempts: AUDITED.attempts } },
    ]);
  });

  it.each([
    ['while it waited for a place costs nothing', { queuedMs: 0, attempts: [] }, 0],
    ['while a place read the prompt is charged at that place', { ...AUDITED, price: ROUTE.price }, 500],
  ])('whose caller left %s', async (_when, route, nanoUsdPerToken) => {
    const controller = new AbortController();
    const left = new PlatformError('client_closed', 'Left.');
    const opened = open([]);
    // Keeps what pooled clients promise: the way so far comes with the last event.
    opened.model.stream = async function* () {
      controller.abort();
      yield { type: 'error', error: left, route };
    };
    await expect(opened.chat(ask('Hi'), controller)).rejects.toMatchObject({ code: 'client_closed' });
    const [record] = opened.audit.records;
    expect(record?.nanoUsd).toBe((record?.inputTokens ?? 0) * nanoUsdPerToken);
    expect(record?.inputTokens === 0).toBe(nanoUsdPerToken === 0);
  });

  it('that broke off is estimated at the price of its place', async () => {
    const opened = open([{ type: 'start', route: ROUTE }, { type: 'text', text: 'Half of an answer. ' }, forever]);
    const controller = new AbortController();
    for await (const event of (await opened.chat(ask('Hi'), controller)).events) if (event.type === 'text') break;
    const [record] = opened.audit.records;
    expect(record).toMatchObject({ usageEstimated: true, nanoUsd: (record?.inputTokens ?? 0) * 500 });
    expect(record?.outputTokens).toBeGreaterThan(0);
  });
});

describe('what a request is routed by', () => {
  it('is its own word, else that a person waits for it', async () => {
    const opened = open(routed);
    await allOf((await opened.chat(ask('Hi'))).events);
    await allOf((await opened.chat({ ...ask('Hi'), route: { class: 'batch' } })).events);
    expect(opened.model.terms).toEqual([
      { class: 'interactive', stayLocal: false, tenant: opened.tenant },
      { class: 'batch', stayLocal: false, tenant: opened.tenant },
    ]);
  });

  it('holds for every call of the model, those that count and summarize among them', async () => {
    const opened = open(routed, { model: { contextPolicy: 'summarize' }, identity: { dataStays: true } });
    const turns = Array.from({ length: 3 }, (_, turn) => ({ role: 'user', content: `${turn} ${'word '.repeat(200)}` }));
    await allOf((await opened.chat({ messages: turns })).events);
    expect(opened.model.terms.length).toBeGreaterThan(2);
    expect(opened.model.requests).toHaveLength(2);
    for (const terms of opened.model.terms) expect(terms).toMatchObject({ stayLocal: true });
  });

  it.each([
    ['its key', { identity: { dataStays: true } }, {}],
    ['itself', {}, { route: { data: 'local' } }],
    ['its key, whatever it says', { identity: { dataStays: true } }, { route: { class: 'experimental' } }],
  ])('may be held on site by %s', async (_by, options, body) => {
    const opened = open(routed, options);
    await allOf((await opened.chat({ ...ask('Hi'), ...body })).events);
    expect(opened.model.terms).toMatchObject([{ stayLocal: true }]);
    const elsewhere = open(routed, {
      ...options,
      model: { target: { kind: 'bedrock', modelId: 'm', api: 'converse' } },
    });
    await expect(elsewhere.chat({ ...ask('Hi'), ...body })).rejects.toMatchObject({ code: 'permission_denied' });
    expect(elsewhere.model.requests).toEqual([]);
    expect(elsewhere.audit.records).toMatchObject([{ outcome: 'refused', reason: 'permission_denied' }]);
  });

  it('is of no interest to a model that runs in one place, which may be a local one', async () => {
    const local = { target: { kind: 'openai' as const, baseUrl: 'http://127.0.0.1:1', modelId: 'm' }, local: true };
    const opened = open(says(['Hello.'], usage), { model: local, identity: { dataStays: true } });
    await allOf((await opened.chat(ask('Hi'))).events);
    expect(opened.model.terms).toEqual([undefined]);
  });
});
