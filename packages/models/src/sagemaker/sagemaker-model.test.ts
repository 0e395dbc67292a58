import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelClient } from '../model-client.ts';
import { eventMessage, eventStreamAnswer } from '../testing/bedrock-wire.ts';
import { chunk, frame, openaiCatalogModel, openaiHarness } from '../testing/openai-harness.ts';
import { outcomeOf, readAll, requestOf, textOf } from '../testing/read-events.ts';
import { sagemakerCatalogModel, sagemakerHarness, sagemakerRuntimeFor } from '../testing/sagemaker-harness.ts';
import { startWireServer, type WireServer } from '../testing/wire-server.ts';
import { createSageMakerModel, type SageMakerModelOptions } from './index.ts';

let server: WireServer;
beforeEach(async () => {
  server = await startWireServer();
});
afterEach(() => server.close());

function model(
  target: Parameters<typeof sagemakerCatalogModel>[0] = {},
  options: Partial<SageMakerModelOptions> = {},
): ModelClient {
  return createSageMakerModel(sagemakerCatalogModel(target), { client: sagemakerRuntimeFor(server), ...options });
}

describe('a model on a SageMaker endpoint', () => {
  it('sends the chat body of OpenAI, signed for SageMaker, and names the inference component', async () => {
    server.answer = () => sagemakerHarness.encode({ text: ['a'] }, true);
    await readAll(model({ endpointName: 'fleet', inferenceComponent: 'answers' }), requestOf({ temperature: 0 }));
    const [request] = server.requests;
    expect(request?.path).toBe('/endpoints/fleet/invocations-response-stream');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-amzn-sagemaker-inference-component': 'answers',
      authorization: expect.stringContaining('/us-east-1/sagemaker/aws4_request'),
    });
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ model: 'scripted', stream: true, temperature: 0 });
  });

  it('asks a model of a multi-model endpoint for its whole answer, since a stream cannot name it', async () => {
    server.answer = () => sagemakerHarness.encode({ text: ['a', 'b'] }, false);
    const events = await readAll(model({ targetModel: 'small.tar.gz' }), requestOf({ stream: true }));
    expect(textOf(events)).toBe('ab');
    const [request] = server.requests;
    expect(request?.path).toBe('/endpoints/scripted/invocations');
    expect(request?.headers['x-amzn-sagemaker-target-model']).toBe('small.tar.gz');
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ stream: false });
  });

  it('reads a whole answer from a container that was asked to stream and does not', async () => {
    server.answer = () => {
      const whole = [...openaiHarness.encode({ text: ['all at once'] }, false).chunks];
      const answer = eventStreamAnswer(
        whole.map((bytes) => eventMessage('event', 'PayloadPart', bytes)),
        'end',
      );
      return { ...answer, headers: { ...answer.headers, 'x-amzn-sagemaker-content-type': 'application/json' } };
    };
    expect(textOf(await readAll(model(), requestOf()))).toBe('all at once');
  });

  it('ends with the answer when the connection stays open after the last words', async () => {
    server.answer = () => ({ ...sagemakerHarness.encode({ text: ['a'] }, true), ending: 'hang' });
    const events = await readAll(model(), requestOf());
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'stop' });
  });

  it.each([
    ['InternalStreamFailure', { Message: 'no' }],
    ['ModelStreamError', { Message: 'no', ErrorCode: 'ModelInvocationTimeExceeded' }],
  ])('reports %s in a stream after its text', async (name, payload) => {
    server.answer = () =>
      eventStreamAnswer(
        [
          eventMessage('event', 'PayloadPart', frame(chunk({ content: 'a' }))),
          eventMessage('exception', name, payload),
        ],
        'end',
      );
    const events = await readAll(model(), requestOf());
    expect(textOf(events)).toBe('a');
    expect(outcomeOf(events)).toBe('upstream_failed');
  });

  it('reads what a container says about the context also when SageMaker has cut its words', async () => {
    server.answer = () => ({
      status: 424,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ModelError' },
      chunks: [
        Buffer.from(
          JSON.stringify({
            Message: 'Received client error (400)',
            OriginalStatusCode: 400,
            OriginalMessage: `{"error":{"message":"This model's maximum context length is 2048 tokens. How`,
          }),
        ),
      ],
    });
    expect(outcomeOf(await readAll(model(), requestOf()))).toBe('context_length_exceeded');
  });

  it('stops an answer that grows without end', async () => {
    server.answer = () => sagemakerHarness.encode({ text: Array<string>(100).fill('x'.repeat(1_000)) }, true);
    expect(outcomeOf(await readAll(model({}, { maxResponseBytes: 10_000 }), requestOf()))).toBe('upstream_failed');
  });

  it('does not count tokens, and refuses a target of another kind', async () => {
    expect(await model().countTokens([], { signal: new AbortController().signal })).toBeUndefined();
    expect(() =>
      createSageMakerModel(openaiCatalogModel('http://localhost'), { client: sagemakerRuntimeFor(server) }),
    ).toThrow(/has a openai target, not sagemaker/);
  });
});
