import { PlatformError, type ChatMessage } from '@plinth/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EmbeddedStores } from '@plinth/stores/embedded';
import {
  allOf,
  ask,
  ledgerOf,
  openGateway,
  openStores,
  textOf,
  type GatewayHarness,
} from '../testing/gateway-harness.ts';
import { countBytes } from '../testing/samples.ts';
import { forever, says, ScriptedModel, type Script } from '../testing/scripted-model.ts';

const usage = { inputTokens: 10, outputTokens: 3 };
let stores: EmbeddedStores;
beforeAll(async () => {
  stores = await openStores();
});
afterAll(() => stores.close());

function open(
  script: Script | ((request: { messages: readonly ChatMessage[] }) => Script),
  options: Parameters<typeof openGateway>[2] & {
    count?: (messages: readonly ChatMessage[]) => number | undefined;
  } = {},
) {
  const model = new ScriptedModel(script, options.count);
  return { ...openGateway(model, stores, options), model };
}

/** After a request ended: nothing held, and the ledger says what the audit record says. */
async function expectSettled(opened: ReturnType<typeof open>): Promise<void> {
  const { audit, admission, model } = opened;
  const record = audit.records.at(-1);
  expect(audit.records).toHaveLength(1);
  expect(admission.inFlight).toBe(0);
  expect(model.running).toBe(0);
  expect(await ledgerOf(opened)).toEqual({
    tokens: (record?.inputTokens ?? 0) + (record?.outputTokens ?? 0),
    nanoUsd: record?.nanoUsd,
    concurrent: 0,
  });
}

describe('an answer that ends well', () => {
  it('is told with its use and cost, settled, audited and counted once', async () => {
    const opened = open(says(['Hello ', 'there.'], usage));
    const run = await opened.chat({ ...ask('Hi'), stream: true, stream_options: { include_usage: true } });
    expect(run).toMatchObject({ id: 'chatcmpl-req-1', model: 'small', stream: true, includeUsage: true });
    const events = await allOf(run.events);
    expect(textOf(events)).toBe('Hello there.');
    expect(events.at(-1)).toEqual({
      type: 'end',
      reason: 'stop',
      usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13, cost_usd: 0.000016 },
      extension: { guard: [], truncated_messages: 0 },
    });
    await expectSettled(opened);
    expect(opened.audit.records[0]).toMatchObject({
      requestId: 'req-1',
      action: 'chat.completion',
      outcome: 'allowed',
      reason: 'stop',
      tenant: opened.tenant,
      principal: 'ann',
      model: 'small',
      nanoUsd: 16_000,
    });
    expect(opened.audit.records[0]).not.toHaveProperty('usageEstimated');
    expect(opened.summaries).toHaveLength(1);
    expect(opened.summaries[0]).toMatchObject({ outcome: 'allowed', finish: 'stop', stream: true });
    expect(opened.summaries[0]?.ttftMs).toBeLessThanOrEqual(opened.summaries[0]?.durationMs ?? 0);
  });

  it('is settled and audited before its end is told', async () => {
    const opened = open(says(['Hello'], usage));
    const { events } = await opened.chat(ask('Hi'));
    for await (const event of events) {
      if (event.type === 'end') await expectSettledInLedger(opened);
      else expect(opened.audit.records).toHaveLength(0);
    }
  });

  async function expectSettledInLedger(opened: GatewayHarness): Promise<void> {
    expect(opened.audit.records).toHaveLength(1);
    expect(await ledgerOf(opened)).toMatchObject({ tokens: 13, concurrent: 0 });
  }

  it('without reported use is estimated, within what was reserved, and marked so', async () => {
    const opened = open(says(['word '.repeat(100)]));
    await allOf((await opened.chat({ ...ask('Hi'), max_tokens: 20 })).events);
    expect(opened.audit.records[0]).toMatchObject({ usageEstimated: true, outputTokens: 20 });
    await expectSettled(opened);
  });

  it('asks the model for what the caller asked, with a cap', async () => {
    const opened = open(says(['ok'], usage));
    await allOf(
      (await opened.chat({ ...ask('Hi'), temperature: 0.5, stop: 'END', seed: 7, service_tier: 'auto' })).events,
    );
    expect(opened.model.requests[0]).toMatchObject({
      maxTokens: 200,
      temperature: 0.5,
      stop: ['END'],
      seed: 7,
      stream: false,
    });
    expect(opened.model.requests[0]?.serviceTier).toBeUndefined();
  });

  it('tells cached tokens, and charges them at their price', async () => {
    const end = { type: 'end' as const, reason: 'stop' as const, usage: { ...usage, cachedInputTokens: 10 } };
    const opened = open([{ type: 'start' }, end], {
      model: { price: { input: 1, output: 2, cachedInput: 0.1 } },
    });
    const events = await allOf((await opened.chat(ask('Hi'))).events);
    expect(events.at(-1)).toMatchObject({
      usage: { prompt_tokens_details: { cached_tokens: 10 }, cost_usd: 0.000007 },
    });
  });
});

describe('a model that fails', () => {
  const error = new PlatformError('upstream_throttled', 'Busy.');

  it.each<[string, Script, string]>([
    ['before it says anything', [{ type: 'error', error }], 'upstream_throttled'],
    ['by saying nothing at all', [], 'upstream_failed'],
  ])('%s fails the request and costs nothing', async (_name, script, code) => {
    const opened = open(script);
    await expect(opened.chat(ask('Hi'))).rejects.toMatchObject({ code });
    await expectSettled(opened);
    expect(opened.audit.records[0]).toMatchObject({ outcome: 'failed', reason: code, nanoUsd: 0 });
    expect(opened.summaries[0]).toMatchObject({ outcome: 'failed', error: code });
  });

  it.each<[string, Script]>([
    ['with an error', [{ type: 'error', error }]],
    ['by falling silent', []],
  ])(
    'in the middle, %s, ends the answer with one error event and is charged for what it wrote',
    async (_name, rest) => {
      const opened = open([{ type: 'start' }, { type: 'text', text: 'Half an ' }, ...rest]);
      const events = await allOf((await opened.chat(ask('Hi'))).events);
      expect(events.map(({ type }) => type)).toEqual(['text', 'error']);
      await expectSettled(opened);
      expect(opened.audit.records[0]).toMatchObject({ outcome: 'failed', usageEstimated: true, outputTokens: 3 });
    },
  );

  it('after it started but before it wrote anything is owed nothing', async () => {
    const opened = open([{ type: 'start' }, { type: 'error', error }]);
    const events = await allOf((await opened.chat(ask('Hi'))).events);
    expect(events).toEqual([{ type: 'error', error }]);
    await expectSettled(opened);
    expect(opened.audit.records[0]).toMatchObject({ outcome: 'failed', nanoUsd: 0 });
  });
});

describe('a reader that stops', () => {
  it('in the middle stops the model, and is charged for what was written', async () => {
    const opened = open([{ type: 'start' }, { type: 'text', text: 'Once upon ' }, forever]);
    const controller = new AbortController();
    for await (const event of (await opened.chat(ask('Hi'), controller)).events) if (event.type === 'text') break;
    expect(controller.signal.aborted).toBe(true);
    await expectSettled(opened);
    expect(opened.audit.records[0]).toMatchObject({
      outcome: 'cancelled',
      reason: 'client_closed',
      usageEstimated: true,
    });
    expect(opened.audit.records[0]?.outputTokens).toBeGreaterThan(0);
  });

  it('before reading anything stops the model and settles too', async () => {
    const opened = open([{ type: 'start' }, forever]);
    const { events } = await opened.chat(ask('Hi'));
    await events[Symbol.asyncIterator]().return?.();
    await expectSettled(opened);
    expect(opened.audit.records[0]).toMatchObject({ outcome: 'cancelled', reason: 'client_closed' });
  });

  it('by closing the connection while the model thinks ends with a cancelled answer', async () => {
    const controller = new AbortController();
    const opened = open([{ type: 'start' }, () => controller.abort(), forever]);
    const events = await allOf((await opened.chat(ask('Hi'), controller)).events);
    expect(events).toMatchObject([{ type: 'error', error: { code: 'client_closed' } }]);
    await expectSettled(opened);
    expect(opened.audit.records[0]).toMatchObject({ outcome: 'cancelled' });
  });

  it('before the model began pays for the prompt that the model may have read', async () => {
    const controller = new AbortController();
    const opened = open([() => controller.abort(), forever]);
    await expect(opened.chat(ask('x'.repeat(500)), controller)).rejects.toMatchObject({
      code: 'client_closed',
      status: 499,
    });
    await expectSettled(opened);
    expect(opened.audit.records[0]).toMatchObject({ outcome: 'cancelled', outputTokens: 0, usageEstimated: true });
    expect(opened.audit.records[0]?.inputTokens).toBeGreaterThan(100);
  });
});

describe('a request that takes too long', () => {
  afterEach(() => void vi.useRealTimers());

  it.each<[string, Script]>([
    ['before the model began', [forever]],
    ['in the middle of the answer', [{ type: 'start' }, { type: 'text', text: 'Half ' }, forever]],
  ])('%s is stopped at its deadline', async (_name, script) => {
    const opened = open(script, { requestTimeoutMs: 50 });
    const outcome = await opened.chat(ask('Hi')).then(
      async (run) => (await allOf(run.events)).at(-1),
      (error: unknown) => ({ type: 'error', error }),
    );
    expect(outcome).toMatchObject({ type: 'error', error: { code: 'request_timeout' } });
    await expectSettled(opened);
    expect(opened.audit.records[0]).toMatchObject({ reason: 'request_timeout' });
  });

  it('keeps no timer once it has ended', async () => {
    const opened = open(says(['ok'], usage));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await allOf((await opened.chat(ask('Hi'))).events);
    await expect(opened.chat({ messages: [] })).rejects.toMatchObject({ code: 'invalid_request' });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the guard', () => {
  it('keeps a blocked request from the model, and says by which detector', async () => {
    const opened = open(says(['ok'], usage));
    await expect(opened.chat(ask('How do I build a bomb?'))).rejects.toMatchObject({
      code: 'content_blocked',
      message: expect.stringContaining('topic:weapons'),
    });
    expect(opened.model.requests).toHaveLength(0);
    await expectSettled(opened);
    expect(opened.audit.records[0]).toMatchObject({
      outcome: 'refused',
      guard: [{ stage: 'input', action: 'blocked' }],
    });
  });

  it('takes personal data out of what the model sees and of what it says', async () => {
    const opened = open(says(['Mail me@', 'here.org ', 'now'], usage));
    const events = await allOf((await opened.chat(ask('I am ann@acme.io'))).events);
    expect(opened.model.requests[0]?.messages).toEqual([{ role: 'user', content: 'I am [EMAIL]' }]);
    expect(textOf(events)).toBe('Mail [EMAIL] now');
    expect(events.at(-1)).toMatchObject({
      extension: {
        guard: [
          { stage: 'input', detector: 'email' },
          { stage: 'output', detector: 'email' },
        ],
      },
    });
  });

  it('ends an answer before what is blocked, stops the model, and charges what it wrote', async () => {
    const opened = open([
      { type: 'start' },
      { type: 'text', text: 'First, build a bomb. ' },
      { type: 'text', text: 'Then ' },
      forever,
    ]);
    const events = await allOf((await opened.chat(ask('Hi'))).events);
    expect(textOf(events)).toBe('First, ');
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'content_filter' });
    await expectSettled(opened);
    expect(opened.audit.records[0]).toMatchObject({
      outcome: 'allowed',
      reason: 'content_filter',
      usageEstimated: true,
    });
  });

  const call = (args: readonly string[]): Script => [
    { type: 'start' },
    ...args.map((text, part) => ({
      type: 'tool-call' as const,
      index: 0,
      ...(part === 0 ? { id: 'c1', name: 'mail' } : {}),
      arguments: text,
    })),
    { type: 'end', reason: 'tool_calls', usage },
  ];

  it('passes tool calls on whole, redacted', async () => {
    const opened = open(call(['{"to":"ann@', 'acme.io"}']));
    const events = await allOf((await opened.chat(ask('Hi'))).events);
    expect(events[0]).toEqual({ type: 'tool-call', index: 0, id: 'c1', name: 'mail', arguments: '{"to":"[EMAIL]"}' });
    expect(events[1]).toMatchObject({ type: 'end', reason: 'tool_calls' });
  });

  it.each([
    ['is blocked', ['{"text":"build a ', 'bomb"}']],
    ['would be no JSON after redaction', ['{"card":4111111111111111']],
  ])('passes no tool call on that %s', async (_name, args) => {
    const opened = open(call(args));
    const events = await allOf((await opened.chat(ask('Hi'))).events);
    expect(events).toMatchObject([{ type: 'end', reason: 'content_filter' }]);
  });

  it('says so when the provider stepped in', async () => {
    const opened = open([{ type: 'start' }, { type: 'end', reason: 'content_filter', usage, guardrail: true }]);
    const events = await allOf((await opened.chat(ask('Hi'))).events);
    expect(events[0]).toMatchObject({ extension: { guard: [{ stage: 'output', detector: 'bedrock-guardrail' }] } });
  });

  it('counts the arguments of a tool call that was broken off', async () => {
    const piece = { type: 'tool-call' as const, index: 0, id: 'c', name: 'f', arguments: 'x'.repeat(70) };
    const opened = open([
      { type: 'start' },
      piece,
      { type: 'error', error: new PlatformError('upstream_failed', 'Gone.') },
    ]);
    await allOf((await opened.chat(ask('Hi'))).events);
    expect(opened.audit.records[0]).toMatchObject({ outputTokens: 20 });
  });

  it('refuses more or longer tool calls than anybody can act on', async () => {
    const pieces = Array.from({ length: 129 }, (_, index) => ({ type: 'tool-call' as const, index, arguments: '{}' }));
    const opened = open([{ type: 'start' }, ...pieces, { type: 'end', reason: 'tool_calls' }]);
    const events = await allOf((await opened.chat(ask('Hi'))).events);
    expect(events).toMatchObject([{ type: 'error', error: { code: 'upstream_rejected' } }]);
    await expectSettled(opened);
  });
});

describe('admission', () => {
  it('reserves the exact count when only the bound is over the budget', async () => {
    const opened = open(says(['ok'], usage), {
      identity: { tenantLimits: { tokensPerDay: 300 } },
      count: () => 90,
    });
    await expect(
      opened.chat({ ...ask('x'.repeat(500)), max_tokens: 200 }).then((run) => allOf(run.events)),
    ).resolves.toBeDefined();
    await expect(opened.chat({ ...ask('x'.repeat(500)), max_tokens: 200 })).rejects.toMatchObject({
      code: 'budget_exceeded',
    });
  });

  it('reserves a summary too where the exact count says that one is needed', async () => {
    const turns = Array.from({ length: 10 }, (_, n) => ({ role: 'user', content: `${n}`.repeat(200) }));
    const options = { model: { contextPolicy: 'summarize' as const }, count: countBytes };
    const budget = (tokensPerDay: number) => ({ ...options, identity: { tenantLimits: { tokensPerDay } } });
    const tight = open(says(['ok'], usage), budget(2_000));
    await expect(tight.chat({ messages: turns })).rejects.toMatchObject({ code: 'budget_exceeded' });
    expect(tight.model.requests).toHaveLength(0);
  });

  it('refuses a caller nobody knows without an audit record, but counts it', async () => {
    const opened = open([], { identify: () => Promise.reject(new PlatformError('invalid_api_key', 'No.')) });
    await expect(opened.chat(ask('Hi'))).rejects.toMatchObject({ code: 'invalid_api_key' });
    expect(opened.audit.records).toHaveLength(0);
    expect(opened.summaries).toMatchObject([{ outcome: 'refused', error: 'invalid_api_key', tenant: undefined }]);
  });

  it('refuses an answer longer than the model writes, or shortens it by policy', async () => {
    const strict = open(says(['ok'], usage));
    await expect(strict.chat({ ...ask('Hi'), max_completion_tokens: 500 })).rejects.toMatchObject({
      param: 'max_completion_tokens',
    });
    await expect(strict.chat({ ...ask('Hi'), max_tokens: 500 })).rejects.toMatchObject({ param: 'max_tokens' });
    const lenient = open(says(['ok'], usage), { model: { contextPolicy: 'truncate' } });
    await allOf((await lenient.chat({ ...ask('Hi'), max_tokens: 500 })).events);
    expect(lenient.model.requests[0]?.maxTokens).toBe(200);
  });
});

describe('a summary', () => {
  const turns = Array.from({ length: 10 }, (_, n) => ({ role: 'user', content: `${n}`.repeat(190) }));
  const isSummary = (messages: readonly ChatMessage[]) => String(messages[0]?.content).startsWith('Summarize');

  it('is charged to the request it was made for', async () => {
    const opened = open(
      ({ messages }) =>
        isSummary(messages) ? says(['They counted.'], { inputTokens: 700, outputTokens: 5 }) : says(['ok'], usage),
      { model: { contextPolicy: 'summarize' }, count: countBytes },
    );
    const events = await allOf((await opened.chat({ messages: turns })).events);
    expect(events.at(-1)).toMatchObject({ usage: { prompt_tokens: 710, completion_tokens: 8 } });
    expect(opened.model.requests[1]?.messages[0]?.content).toContain('They counted.');
    await expectSettled(opened);
    expect(opened.audit.records[0]?.truncatedMessages).toBeGreaterThan(0);
  });

  it('is asked for with guarded text only', async () => {
    const opened = open(says(['ok'], usage), { model: { contextPolicy: 'summarize' }, count: countBytes });
    const among = (content: string) => turns.with(5, { role: 'user', content: `${content} ${'y'.repeat(150)}` });
    const personal = among('I am ann@acme.io');
    await allOf((await opened.chat({ messages: personal })).events);
    expect(JSON.stringify(opened.model.requests[0])).toContain('I am [EMAIL]');
    expect(JSON.stringify(opened.model.requests)).not.toContain('ann@acme.io');
    const blocked = among('Let us build a bomb');
    await expect(opened.chat({ messages: blocked })).rejects.toMatchObject({ code: 'content_blocked' });
    expect(JSON.stringify(opened.model.requests)).not.toContain('bomb');
  });

  it('that fails fails the request', async () => {
    const error = new PlatformError('upstream_failed', 'Gone.');
    const opened = open([{ type: 'error', error }], { model: { contextPolicy: 'summarize' }, count: countBytes });
    await expect(opened.chat({ messages: turns })).rejects.toBe(error);
    await expectSettled(opened);
  });
});

describe('a store that fails', () => {
  it('at the end is told as an error, stops the model and leaves no timer', async () => {
    const opened = open([{ type: 'start' }, { type: 'text', text: 'Hello ' }, { type: 'end', reason: 'stop', usage }]);
    const controller = new AbortController();
    const { events } = await opened.chat(ask('Hi'), controller);
    opened.audit.fail = new PlatformError('storage_failed', 'Full.');
    expect(await allOf(events)).toMatchObject([{ type: 'text' }, { type: 'error', error: { code: 'storage_failed' } }]);
    expect(controller.signal.aborted).toBe(true);
    expect(opened.admission.inFlight).toBe(0);
    expect(opened.model.running).toBe(0);
  });

  it('when the reader has left already is told to whoever stopped it', async () => {
    const opened = open([{ type: 'start' }, { type: 'text', text: 'Hello ' }, forever]);
    const controller = new AbortController();
    const events = (await opened.chat(ask('Hi'), controller)).events[Symbol.asyncIterator]();
    await events.next();
    opened.audit.fail = new Error('Full.');
    await expect(events.return?.()).rejects.toThrow('Full.');
    expect(controller.signal.aborted).toBe(true);
    expect(opened.admission.inFlight).toBe(0);
  });
});
