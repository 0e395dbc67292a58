import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bedrockCatalogModel } from '../testing/bedrock-harness.ts';
import { openaiCatalogModel, openaiHarness } from '../testing/openai-harness.ts';
import { outcomeOf, readAll, requestOf, textOf } from '../testing/read-events.ts';
import { startWireServer, type WireServer } from '../testing/wire-server.ts';
import { createOpenAIModel } from './openai-model.ts';
import { closeOpenAIPools } from './pools.ts';

let server: WireServer;
beforeEach(async () => {
  server = await startWireServer();
  server.answer = () => openaiHarness.encode({ text: ['a'] }, true);
});
afterEach(() => server.close());

const signal = new AbortController().signal;
const sent = (): Record<string, unknown> => JSON.parse(server.requests[0]?.body ?? '{}') as Record<string, unknown>;

it('sends what was asked, always with usage, under the server name of the model', async () => {
  const client = createOpenAIModel(openaiCatalogModel(`${server.url}/proxy/`), { apiKey: 'k' });
  const tools = [{ type: 'function', function: { name: 'clock' } } as const];
  await readAll(
    client,
    requestOf({ temperature: 0.5, topP: 0.9, seed: 3, stop: ['\n'], tools, toolChoice: 'auto', serviceTier: 'flex' }),
  );
  expect(server.requests[0]).toMatchObject({
    path: '/proxy/v1/chat/completions',
    headers: { authorization: 'Bearer k' },
  });
  expect(sent()).toEqual({
    model: 'scripted',
    messages: [{ role: 'user', content: 'Say something.' }],
    max_tokens: 64,
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.5,
    top_p: 0.9,
    seed: 3,
    stop: ['\n'],
    tools,
    tool_choice: 'auto',
    service_tier: 'flex',
  });
});

it('leaves out what was not asked, and says developer text as system', async () => {
  server.answer = () => openaiHarness.encode({ text: ['a'] }, false);
  const client = createOpenAIModel(openaiCatalogModel(server.url));
  await readAll(
    client,
    requestOf({ stream: false, stop: [], tools: [], messages: [{ role: 'developer', content: 'Be brief.' }] }),
  );
  expect(sent()).toEqual({
    model: 'scripted',
    messages: [{ role: 'system', content: 'Be brief.' }],
    max_tokens: 64,
    stream: false,
  });
});

it('says how long it can wait only to a server that knows of that', async () => {
  server.answer = () => openaiHarness.encode({ text: ['a'] }, false);
  for (const features of [['priority'], []] as const) {
    const model = { ...openaiCatalogModel(server.url), features: [...features] };
    await readAll(createOpenAIModel(model, { priority: 5 }), requestOf({ stream: false }));
  }
  const [knows, knowsNot] = server.requests.slice(-2).map(({ body }) => JSON.parse(body) as object);
  expect(knows).toHaveProperty('priority', 5);
  expect(knowsNot).not.toHaveProperty('priority');
});

it('reads a whole answer from a server that ignores stream', async () => {
  server.answer = () => openaiHarness.encode({ text: ['whole'] }, false);
  const events = await readAll(createOpenAIModel(openaiCatalogModel(server.url)), requestOf());
  expect(textOf(events)).toBe('whole');
  expect(outcomeOf(events)).toBe('end');
});

it.each([true, false])('stops at maxResponseBytes (stream: %s)', async (stream) => {
  server.answer = () => openaiHarness.encode({ text: Array<string>(200).fill('x'.repeat(1_000)) }, stream);
  const client = createOpenAIModel(openaiCatalogModel(server.url), { maxResponseBytes: 50_000 });
  expect(outcomeOf(await readAll(client, requestOf({ stream })))).toBe('upstream_failed');
});

it('reads an error page of any size in bounded memory', async () => {
  server.answer = () => ({ status: 503, headers: {}, chunks: Array<Buffer>(64).fill(Buffer.alloc(65_536, 'x')) });
  expect(outcomeOf(await readAll(createOpenAIModel(openaiCatalogModel(server.url)), requestOf()))).toBe('overloaded');
});

it('refuses a target of another kind', () => {
  expect(() => createOpenAIModel(bedrockCatalogModel('converse'))).toThrow(/bedrock target/);
});

it('says configuration for a key that cannot be a header', async () => {
  const client = createOpenAIModel(openaiCatalogModel(server.url), { apiKey: 'two\nlines' });
  expect(outcomeOf(await readAll(client, requestOf()))).toBe('configuration');
});

it('works again after its pools were closed', async () => {
  const client = createOpenAIModel(openaiCatalogModel(server.url));
  await readAll(client, requestOf());
  await closeOpenAIPools();
  expect(outcomeOf(await readAll(client, requestOf()))).toBe('end');
});

describe('countTokens', () => {
  const json = (status: number, body: unknown) => ({
    status,
    headers: { 'content-type': 'application/json' },
    chunks: [Buffer.from(JSON.stringify(body))],
  });
  const count = (client = createOpenAIModel(openaiCatalogModel(server.url))) =>
    client.countTokens([{ role: 'user', content: 'hi' }], { signal });

  it('asks the server that has the template', async () => {
    server.answer = () => json(200, { count: 31, max_model_len: 2_048, tokens: [1, 2] });
    expect(await count()).toBe(31);
    expect(server.requests[0]).toMatchObject({ path: '/tokenize' });
    expect(sent()).toMatchObject({ model: 'scripted', add_generation_prompt: true });
  });

  it('remembers that a server has no such endpoint', async () => {
    server.answer = () => json(404, {});
    const client = createOpenAIModel(openaiCatalogModel(server.url));
    expect(await count(client)).toBeUndefined();
    expect(await count(client)).toBeUndefined();
    expect(server.requests).toHaveLength(1);
  });

  it('gives undefined for a prompt the server cannot count, and asks again for the next', async () => {
    server.answer = () => json(400, {});
    const client = createOpenAIModel(openaiCatalogModel(server.url));
    expect(await count(client)).toBeUndefined();
    expect(await count(client)).toBeUndefined();
    expect(server.requests).toHaveLength(2);
  });

  it('asks again a server that does not know the model yet', async () => {
    server.answer = () => json(404, { error: { message: '', type: 'NotFoundError', param: 'model', code: 404 } });
    const client = createOpenAIModel(openaiCatalogModel(server.url));
    expect(await count(client)).toBeUndefined();
    server.answer = () => json(200, { count: 31 });
    expect(await count(client)).toBe(31);
  });

  it('rejects with our code on a failure that may pass', async () => {
    server.answer = () => json(503, {});
    await expect(count()).rejects.toMatchObject({ code: 'overloaded' });
  });
});
