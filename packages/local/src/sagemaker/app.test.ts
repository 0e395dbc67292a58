import {
  InvokeEndpointCommand,
  InvokeEndpointWithResponseStreamCommand,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { PlatformError } from '@plinth/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLocal, type RunningLocal } from '../start-local.ts';
import { ScriptedEmbeddingEngine, ScriptedEngine, untilAborted } from '../testing/index.ts';

const engine = new ScriptedEngine();
let local: RunningLocal;
let client: SageMakerRuntimeClient;
const connect = (accessKeyId: string) =>
  new SageMakerRuntimeClient({
    endpoint: local.sagemakerUrl,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
beforeAll(async () => {
  const embeddingEngine = new ScriptedEmbeddingEngine();
  local = await startLocal({ engine, embeddingEngine, chatEndpoints: ['generator'], accessKeyIds: ['AKIDLOCAL'] });
  client = connect('AKIDLOCAL');
});
afterAll(async () => {
  client.destroy();
  await local.close();
});
beforeEach(() => engine.play({}));

const chat = (extra = {}) => ({ messages: [{ role: 'user', content: 'hi' }], ...extra });
const input = (body: unknown, extra = {}) => ({
  EndpointName: 'generator',
  ContentType: 'application/json',
  Body: typeof body === 'string' ? body : JSON.stringify(body),
  ...extra,
});
const stream = async (body: unknown, signal?: AbortSignal) => {
  const { Body, ContentType } = await client.send(new InvokeEndpointWithResponseStreamCommand(input(body)), {
    abortSignal: signal,
  });
  return { parts: Body ?? [], ContentType };
};

describe('InvokeEndpoint', () => {
  it('hands the body to the container, which takes any name of its model, and gives back what it said', async () => {
    const attributes = { CustomAttributes: 'trace-1', InferenceComponentName: 'answers', TargetModel: 'a.tar.gz' };
    const answer = await client.send(new InvokeEndpointCommand(input(chat({ model: 'any' }), attributes)));
    expect(answer.ContentType).toBe('application/json');
    expect(answer).toMatchObject({ CustomAttributes: 'trace-1', InvokedProductionVariant: 'AllTraffic' });
    const completion = JSON.parse(new TextDecoder().decode(answer.Body)) as unknown;
    expect(completion).toMatchObject({ choices: [{ message: { content: 'Hello from the script.' } }] });
  });

  it('answers embeddings on an endpoint of the embedding model', async () => {
    const body = input({ input: ['a', 'b'] }, { EndpointName: 'plinth-embeddings' });
    const { Body } = await client.send(new InvokeEndpointCommand(body));
    const { data } = JSON.parse(new TextDecoder().decode(Body)) as { data: { embedding: number[] }[] };
    expect(data.map(({ embedding }) => embedding.length)).toEqual([384, 384]);
  });

  it('is ModelError with the status and the words of the container', async () => {
    engine.play({ failBefore: new PlatformError('overloaded', 'Full.') });
    await expect(client.send(new InvokeEndpointCommand(input(chat())))).rejects.toMatchObject({
      name: 'ModelError',
      $metadata: { httpStatusCode: 424 },
      OriginalStatusCode: 503,
      OriginalMessage: expect.stringContaining('Full.'),
      LogStreamArn: expect.stringContaining('/aws/sagemaker/Endpoints/generator'),
    });
    for (const odd of ['{', '[]', JSON.stringify({ messages: [] })])
      await expect(client.send(new InvokeEndpointCommand(input(odd)))).rejects.toMatchObject({
        name: 'ModelError',
        OriginalStatusCode: 400,
      });
  });

  it.each([
    ['an unknown endpoint', { EndpointName: 'nowhere' }, /Endpoint nowhere of account \d+ not found/],
    ['an endpoint that is no name', { EndpointName: 'a_b' }, /endpointName/],
    ['a component that is no name', { InferenceComponentName: '-' }, /inferenceComponent/],
    ['a body over 6 MiB', { Body: 'x'.repeat(6 * 1024 * 1024 + 1) }, /less than or equal to 6291456/],
  ])('is ValidationError for %s', async (_what, extra, words) => {
    await expect(client.send(new InvokeEndpointCommand(input(chat(), extra)))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching(words),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('lets nobody in without a well-formed signature for SageMaker of a known key', async () => {
    const stranger = connect('AKIDSTRANGER');
    await expect(stranger.send(new InvokeEndpointCommand(input(chat())))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    stranger.destroy();
    for (const authorization of ['Bearer local', 'AWS4-HMAC-SHA256 nonsense']) {
      const url = `${local.sagemakerUrl}/endpoints/generator/invocations`;
      const response = await fetch(url, { method: 'POST', headers: { authorization }, body: '{}' });
      expect(response.status).toBe(403);
      expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
    }
  });
});

describe('InvokeEndpointWithResponseStream', () => {
  it('sends the lines of the container in parts that are cut anywhere', async () => {
    engine.play({ pieces: ['Hel', 'lo 🌍'] });
    const { parts, ContentType } = await stream(chat({ stream: true }));
    expect(ContentType).toContain('text/event-stream');
    const bytes: Uint8Array[] = [];
    for await (const { PayloadPart } of parts) bytes.push(PayloadPart?.Bytes ?? new Uint8Array());
    expect(bytes.some((part) => !new TextDecoder().decode(part).endsWith('\n'))).toBe(true);
    const text = Buffer.concat(bytes).toString('utf8');
    expect(text).toContain('"content":"lo 🌍"');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('is ModelError when the container refuses before it streams', async () => {
    await expect(
      stream(chat({ stream: true, tools: [{ type: 'function', function: { name: 'f' } }] })),
    ).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 400,
    });
  });

  it("ends with the container's own error event when the model fails on the way", async () => {
    engine.play({ pieces: ['half'], failAfter: new PlatformError('upstream_failed', 'It broke.') });
    const { parts } = await stream(chat({ stream: true }));
    let text = '';
    for await (const { PayloadPart } of parts) text += Buffer.from(PayloadPart?.Bytes ?? []).toString('utf8');
    expect(text).toContain('"message":"It broke."');
  });

  it('stops the model when the client hangs up', async () => {
    const before = engine.cancelled;
    engine.play({
      pieces: ['a', 'b'],
      gate: (piece, signal) => (piece === 0 ? Promise.resolve() : untilAborted(signal)),
    });
    const controller = new AbortController();
    const { parts } = await stream(chat({ stream: true }), controller.signal);
    const read = async () => {
      for await (const _ of parts) controller.abort();
    };
    await read().catch(() => undefined);
    await expect.poll(() => engine.cancelled).toBe(before + 1);
  });
});
