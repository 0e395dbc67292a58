import { CatalogModel } from '@plinth/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bedrockCatalogModel, bedrockRuntimeFor, converseHarness } from '../testing/bedrock-harness.ts';
import { bedrockError, eventMessage, eventStreamAnswer } from '../testing/bedrock-wire.ts';
import { openaiCatalogModel } from '../testing/openai-harness.ts';
import { outcomeOf, readAll, requestOf, textOf } from '../testing/read-events.ts';
import { startWireServer, type WireServer } from '../testing/wire-server.ts';
import { createBedrockModel } from './bedrock-model.ts';

let server: WireServer;
beforeEach(async () => {
  server = await startWireServer();
});
afterEach(() => server.close());

const signal = new AbortController().signal;
const delta = (text: string) => eventMessage('event', 'contentBlockDelta', { contentBlockIndex: 0, delta: { text } });
const stop = (stopReason: string) => eventMessage('event', 'messageStop', { stopReason });
const guarded = (api: 'converse' | 'invoke-llama') =>
  createBedrockModel(
    CatalogModel.parse({
      ...bedrockCatalogModel(api),
      target: { kind: 'bedrock', modelId: 'm', api, guardrail: { id: 'g1', version: '3' } },
    }),
    { client: bedrockRuntimeFor(server) },
  );
const plain = (api: 'converse' | 'invoke-llama' = 'converse') =>
  createBedrockModel(bedrockCatalogModel(api), { client: bedrockRuntimeFor(server) });
const sent = (): Record<string, unknown> => JSON.parse(server.requests[0]?.body ?? '{}') as Record<string, unknown>;

it('reports a flipped bit in the event stream as upstream_failed, with the text before it kept', async () => {
  const bytes = Buffer.from(delta('broken'));
  bytes[bytes.length - 8]! ^= 1;
  server.answer = () => eventStreamAnswer([delta('whole'), bytes, stop('end_turn')], 'end');
  const events = await readAll(plain(), requestOf());
  expect(textOf(events)).toBe('whole');
  expect(outcomeOf(events)).toBe('upstream_failed');
});

it.each([
  ['throttlingException', 'upstream_throttled'],
  ['validationException', 'invalid_request'],
  ['serviceUnavailableException', 'overloaded'],
  ['modelStreamErrorException', 'upstream_failed'],
  ['internalServerException', 'upstream_failed'],
  ['somethingNewException', 'upstream_failed'],
])('maps %s in the middle of a stream to %s', async (name, code) => {
  server.answer = () => eventStreamAnswer([delta('a'), eventMessage('exception', name, { message: 'no' })], 'end');
  expect(outcomeOf(await readAll(plain(), requestOf()))).toBe(code);
});

it('passes over events it does not know', async () => {
  server.answer = () =>
    eventStreamAnswer([delta('a'), eventMessage('event', 'novelty', { x: 1 }), delta('b'), stop('end_turn')], 'end');
  expect(textOf(await readAll(plain(), requestOf()))).toBe('ab');
});

it('counts tokens written to the cache among the prompt tokens', async () => {
  const usage = {
    inputTokens: 10,
    outputTokens: 1,
    totalTokens: 11,
    cacheReadInputTokens: 80,
    cacheWriteInputTokens: 5,
  };
  const metadata = eventMessage('event', 'metadata', { usage, metrics: { latencyMs: 1 } });
  server.answer = () => eventStreamAnswer([delta('a'), stop('end_turn'), metadata], 'end');
  expect((await readAll(plain(), requestOf())).at(-1)).toMatchObject({
    usage: { inputTokens: 95, outputTokens: 1, cachedInputTokens: 80 },
  });
});

it.each([
  ['malformed_tool_use', 'upstream_failed'],
  ['model_context_window_exceeded', 'end'],
])('ends stop reason %s with %s', async (reason, outcome) => {
  server.answer = () => eventStreamAnswer([delta('a'), stop(reason)], 'end');
  expect(outcomeOf(await readAll(plain(), requestOf()))).toBe(outcome);
});

describe('with a guardrail', () => {
  it('asks Converse to check text before it is sent, and says that it stepped in', async () => {
    server.answer = () => eventStreamAnswer([delta('Sorry.'), stop('guardrail_intervened')], 'end');
    const events = await readAll(guarded('converse'), requestOf());
    expect(sent()['guardrailConfig']).toEqual({
      guardrailIdentifier: 'g1',
      guardrailVersion: '3',
      streamProcessingMode: 'sync',
    });
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'content_filter', guardrail: true });
  });

  it('names it in headers on InvokeModel, and reads its verdict from the chunk', async () => {
    const body = { generation: 'Sorry.', stop_reason: 'stop', 'amazon-bedrock-guardrailAction': 'INTERVENED' };
    const chunk = eventMessage('event', 'chunk', { bytes: Buffer.from(JSON.stringify(body)).toString('base64') });
    server.answer = () => eventStreamAnswer([chunk], 'end');
    const events = await readAll(guarded('invoke-llama'), requestOf());
    expect(server.requests[0]?.headers).toMatchObject({
      'x-amzn-bedrock-guardrailidentifier': 'g1',
      'x-amzn-bedrock-guardrailversion': '3',
    });
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'content_filter', guardrail: true });
  });
});

it("takes Bedrock's own token counts when the native body has none", async () => {
  const body = {
    generation: 'a',
    stop_reason: 'stop',
    'amazon-bedrock-invocationMetrics': { inputTokenCount: 4, outputTokenCount: 2 },
  };
  const chunk = eventMessage('event', 'chunk', { bytes: Buffer.from(JSON.stringify(body)).toString('base64') });
  server.answer = () => eventStreamAnswer([chunk], 'end');
  expect((await readAll(plain('invoke-llama'), requestOf())).at(-1)).toMatchObject({
    usage: { inputTokens: 4, outputTokens: 2 },
  });
});

it('has only the features that both the catalog and the API have', () => {
  expect(plain('converse').features.size).toBe(6);
  expect(plain('invoke-llama').features.size).toBe(0);
  const none = createBedrockModel(bedrockCatalogModel('converse', []), { client: bedrockRuntimeFor(server) });
  expect(none.features.size).toBe(0);
});

it('refuses a target of another kind', () => {
  expect(() => createBedrockModel(openaiCatalogModel('http://x'), { client: bedrockRuntimeFor(server) })).toThrow(
    /openai target/,
  );
});

it('calls the paths of the Bedrock runtime', async () => {
  server.answer = () => converseHarness.encode({ text: ['a'] }, true);
  await readAll(plain(), requestOf());
  expect(server.requests[0]?.path).toBe('/model/vendor.scripted-v1%3A0/converse-stream');
});

describe('countTokens', () => {
  const json = (body: unknown) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    chunks: [Buffer.from(JSON.stringify(body))],
  });
  const messages = [{ role: 'user', content: 'hi' }] as const;

  it.each(['converse', 'invoke-llama'] as const)('asks Bedrock, with the body of %s', async (api) => {
    server.answer = () => json({ inputTokens: 9 });
    expect(await plain(api).countTokens(messages, { signal })).toBe(9);
    expect(server.requests[0]?.path).toMatch(/count-tokens$/);
    expect(sent()).toHaveProperty(api === 'converse' ? 'input.converse.messages' : 'input.invokeModel.body');
  });

  it.each([
    bedrockError(404, 'ResourceNotFoundException', 'no such model'),
    bedrockError(403, 'AccessDeniedException', 'not allowed'),
    bedrockError(400, 'ValidationException', "The provided model doesn't support counting tokens."),
  ])('remembers that it cannot be asked (%#)', async (answer) => {
    server.answer = () => answer;
    const client = plain();
    expect(await client.countTokens(messages, { signal })).toBeUndefined();
    expect(await client.countTokens(messages, { signal })).toBeUndefined();
    expect(server.requests).toHaveLength(1);
  });

  it('rejects with our code on a failure that may pass', async () => {
    server.answer = () => bedrockError(429, 'ThrottlingException', 'slow down');
    await expect(plain().countTokens(messages, { signal })).rejects.toMatchObject({ code: 'upstream_throttled' });
  });
});
