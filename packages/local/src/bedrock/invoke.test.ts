import { InvokeModelCommand, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { PlatformError } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { MODEL, useBedrockServer } from './__fixtures__/bedrock-server.ts';

const server = useBedrockServer();

describe('InvokeModel with native bodies', () => {
  const invoke = async (body: unknown, extra = {}) => {
    const command = new InvokeModelCommand({
      modelId: MODEL,
      body: JSON.stringify(body),
      contentType: 'application/json',
      ...extra,
    });
    const answer = await server.client.send(command);
    return JSON.parse(answer.body.transformToString()) as Record<string, unknown>;
  };

  it('answers a Llama body in Llama words', async () => {
    server.engine.play({ pieces: ['Paris', '.'] });
    expect(await invoke({ prompt: 'The capital of France is', max_gen_len: 9, temperature: 0.1, top_p: 0.5 })).toEqual({
      generation: 'Paris.',
      prompt_token_count: 5,
      generation_token_count: 2,
      stop_reason: 'stop',
    });
    expect(server.engine.requests[0]).toMatchObject({ maxTokens: 9, sampling: { temperature: 0.1, topP: 0.5 } });
  });

  it("reads Llama 3's chat template back into turns", async () => {
    const prompt =
      '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|>' +
      '<|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n';
    await invoke({ prompt });
    expect(server.engine.requests[0]?.prompt).toEqual({
      kind: 'chat',
      turns: [
        { role: 'system', text: 'Be kind.' },
        { role: 'user', text: 'Hello' },
      ],
    });
  });

  it('answers an OpenAI body as a chat completion', async () => {
    const answer = await invoke({ messages: [{ role: 'user', content: 'hi' }], max_completion_tokens: 5 });
    expect(answer).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'Hello from the script.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
  });

  it('refuses a body of no known family', async () => {
    await expect(invoke({ inputText: 'hi' })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(invoke({ prompt: 'x', max_gen_len: 'many' })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('applies a guardrail named in the headers', async () => {
    const guard = { guardrailIdentifier: 'testguard', guardrailVersion: 'DRAFT', trace: 'ENABLED' };
    const answer = await invoke({ prompt: 'tell me of Project  Kestrel' }, guard);
    expect(answer).toMatchObject({ generation: 'Not that.', 'amazon-bedrock-guardrailAction': 'INTERVENED' });
    expect(answer).toHaveProperty('amazon-bedrock-trace.guardrail.inputAssessment.testguard.wordPolicy');
  });

  it('streams chunks and ends with the invocation metrics', async () => {
    server.engine.play({ pieces: ['a', 'b'] });
    const command = new InvokeModelWithResponseStreamCommand({
      modelId: MODEL,
      body: JSON.stringify({ prompt: 'x y' }),
    });
    const { body } = await server.client.send(command);
    const chunks: Record<string, unknown>[] = [];
    for await (const { chunk } of body ?? []) {
      chunks.push(JSON.parse(new TextDecoder().decode(chunk?.bytes)) as Record<string, unknown>);
    }
    expect(chunks.map(({ generation }) => generation)).toEqual(['a', 'b', '']);
    expect(chunks.at(-1)).toMatchObject({
      stop_reason: 'stop',
      generation_token_count: 2,
      'amazon-bedrock-invocationMetrics': { inputTokenCount: 2, outputTokenCount: 2 },
    });
  });

  it('breaks off with ModelStreamErrorException when the model fails mid-stream', async () => {
    server.engine.play({ failAfter: new PlatformError('upstream_failed', 'It broke.') });
    const command = new InvokeModelWithResponseStreamCommand({ modelId: MODEL, body: JSON.stringify({ prompt: 'x' }) });
    const { body } = await server.client.send(command);
    const read = async () => {
      for await (const _ of body ?? []);
    };
    await expect(read()).rejects.toMatchObject({ name: 'ModelStreamErrorException', originalStatusCode: 424 });
  });
});
