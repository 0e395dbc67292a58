import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { PlatformError } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { startLocal } from '../start-local.ts';
import { ScriptedEngine, untilAborted } from '../testing/index.ts';
import { MODEL, ask, collect, textOf, useBedrockServer } from './__fixtures__/bedrock-server.ts';

const server = useBedrockServer();

describe('Converse', () => {
  it('answers the SDK with text, stop reason, usage and latency', async () => {
    server.engine.play({ pieces: ['Hi ', 'there'] });
    const answer = await server.client.send(new ConverseCommand({ ...ask('say hi'), system: [{ text: 'Be brief.' }] }));
    expect(answer.output?.message).toEqual({ role: 'assistant', content: [{ text: 'Hi there' }] });
    expect(answer.stopReason).toBe('end_turn');
    expect(answer.usage).toEqual({ inputTokens: 4, outputTokens: 2, totalTokens: 6 });
    expect(answer.metrics?.latencyMs).toBeTypeOf('number');
    expect(server.engine.requests[0]?.prompt).toEqual({
      kind: 'chat',
      turns: [
        { role: 'system', text: 'Be brief.' },
        { role: 'user', text: 'say hi' },
      ],
    });
  });

  it('passes the inference settings on to the engine', async () => {
    const inferenceConfig = { maxTokens: 7, temperature: 0.3, topP: 0.8, stopSequences: ['END'] };
    await server.client.send(
      new ConverseCommand({ ...ask('hi'), inferenceConfig, additionalModelRequestFields: { seed: 5, top_k: 9 } }),
    );
    expect(server.engine.requests[0]).toMatchObject({
      maxTokens: 7,
      onOverflow: 'clamp',
      stop: ['END'],
      sampling: { temperature: 0.3, topP: 0.8, seed: 5, topK: 9 },
    });
  });

  it.each([
    ['stop_sequence', 'stop_sequence'],
    ['length', 'max_tokens'],
  ] as const)('names the end %s as Bedrock does: %s', async (reason, stopReason) => {
    server.engine.play({ end: { reason } });
    expect((await server.client.send(new ConverseCommand(ask('hi')))).stopReason).toBe(stopReason);
  });

  it.each([
    'smollm2-135m-instruct',
    'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.meta.llama3-2-1b-instruct-v1:0',
    'arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-2-1b-instruct-v1:0',
  ])('resolves %s, percent-encoded in the path by the SDK', async (modelId) => {
    const named = new ScriptedEngine({}, { id: 'smollm2-135m-instruct' });
    const other = await startLocal({ engine: named });
    const sdk = new BedrockRuntimeClient({
      endpoint: other.bedrockUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIDANY', secretAccessKey: 's' },
    });
    expect((await sdk.send(new ConverseCommand({ ...ask('hi'), modelId }))).stopReason).toBe('end_turn');
    sdk.destroy();
    await other.close();
  });

  it.each([
    ['images', { image: { format: 'png' as const, source: { bytes: new Uint8Array([1]) } } }],
    ['documents', { document: { format: 'txt' as const, name: 'a', source: { bytes: new Uint8Array([1]) } } }],
    ['prompt caching', { cachePoint: { type: 'default' as const } }],
  ])('refuses %s in words', async (what, block) => {
    const send = server.client.send(
      new ConverseCommand({ modelId: MODEL, messages: [{ role: 'user', content: [{ text: 'see' }, block] }] }),
    );
    await expect(send).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining(what) });
  });

  it('refuses tools, extra fields it does not know, and conversations out of order', async () => {
    const toolConfig = { tools: [{ toolSpec: { name: 't', inputSchema: { json: {} } } }] };
    const refused = { name: 'ValidationException', $metadata: { httpStatusCode: 400 } };
    await expect(server.client.send(new ConverseCommand({ ...ask('hi'), toolConfig }))).rejects.toMatchObject(refused);
    const extra = new ConverseCommand({ ...ask('hi'), additionalModelRequestFields: { nonsense: 1 } });
    await expect(server.client.send(extra)).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('nonsense'),
    });
    const twice = [...ask('a').messages, ...ask('b').messages];
    const order = new ConverseCommand({ modelId: MODEL, messages: twice });
    await expect(server.client.send(order)).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('alternate'),
    });
  });

  it('hands a JSON schema to the engine as the output format', async () => {
    const schema = JSON.stringify({ type: 'object', properties: { a: { type: 'string' } } });
    const textFormat = { type: 'json_schema' as const, structure: { jsonSchema: { schema, name: 'x' } } };
    await server.client.send(new ConverseCommand({ ...ask('hi'), outputConfig: { textFormat } }));
    expect(server.engine.requests[0]?.format).toEqual({ type: 'json_schema', schema: JSON.parse(schema) });
  });
});

describe('ConverseStream', () => {
  it('streams start, deltas, stop and metadata in order, and text whole', async () => {
    server.engine.play({ pieces: ['Hel', 'lo 🌍', '!'] });
    const { stream } = await server.client.send(new ConverseStreamCommand(ask('hi')));
    const events = await collect(stream);
    expect(events.map((event) => Object.keys(event)[0])).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockDelta',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(textOf(events)).toBe('Hello 🌍!');
    expect(events.at(-1)?.metadata?.usage).toEqual({ inputTokens: 1, outputTokens: 3, totalTokens: 4 });
  });

  it('delivers each delta as soon as the engine says it', async () => {
    const gates = [deferred(), deferred()];
    server.engine.play({ pieces: ['one', 'two'], gate: (piece) => gates[piece]?.promise ?? Promise.resolve() });
    const sent = server.client.send(new ConverseStreamCommand(ask('hi')));
    const { stream } = await sent;
    const iterator = (stream as AsyncIterable<ConverseStreamOutput>)[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toHaveProperty('messageStart');
    gates[0]?.resolve();
    expect((await iterator.next()).value).toMatchObject({ contentBlockDelta: { delta: { text: 'one' } } });
    gates[1]?.resolve();
    expect((await iterator.next()).value).toMatchObject({ contentBlockDelta: { delta: { text: 'two' } } });
    await iterator.return?.();
  });

  it.each([
    ['internal', 'InternalServerException'],
    ['overloaded', 'ThrottlingException'],
    ['upstream_throttled', 'ServiceUnavailableException'],
    ['upstream_failed', 'ModelStreamErrorException'],
  ] as const)('breaks off with an exception event when the engine fails with %s mid-stream: %s', async (code, name) => {
    server.engine.play({ pieces: ['half'], failAfter: new PlatformError(code, 'It broke.') });
    const { stream } = await server.client.send(new ConverseStreamCommand(ask('hi')));
    await expect(collect(stream)).rejects.toMatchObject({ name, message: 'It broke.' });
  });

  it('cancels the generation when the client leaves', async () => {
    const before = server.engine.cancelled;
    const left = deferred();
    server.engine.play({
      pieces: ['one', 'never'],
      gate: async (piece, signal) => {
        if (piece === 0) return;
        await untilAborted(signal);
        left.resolve();
      },
    });
    const controller = new AbortController();
    const { stream } = await server.client.send(new ConverseStreamCommand(ask('hi')), {
      abortSignal: controller.signal,
    });
    const iterator = (stream as AsyncIterable<ConverseStreamOutput>)[Symbol.asyncIterator]();
    await iterator.next();
    controller.abort();
    await left.promise;
    await expect.poll(() => server.engine.cancelled).toBe(before + 1);
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
