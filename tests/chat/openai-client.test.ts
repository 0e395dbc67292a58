import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from './platform.ts';

let platform: TestPlatform;
let client: OpenAI;

beforeAll(async () => {
  platform = await startPlatform();
  client = new OpenAI({ baseURL: `${platform.url}/v1`, apiKey: await platform.key(), maxRetries: 0 });
});
afterAll(() => platform.close());

describe.each(['bedrock', 'openai'])("OpenAI's own client over the %s adapter", (model) => {
  it('streams an answer with its usage and cost', async () => {
    platform.engine.play({ pieces: ['Gravity ', 'pulls ', 'masses ', 'together.'] });
    const stream = await client.chat.completions.create({
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'What is gravity?' }],
    });
    let text = '';
    let finish: string | null = null;
    let usage: OpenAI.CompletionUsage | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      finish = chunk.choices[0]?.finish_reason ?? finish;
      usage = chunk.usage ?? usage;
    }
    expect({ text, finish }).toEqual({ text: 'Gravity pulls masses together.', finish: 'stop' });
    expect(usage?.completion_tokens).toBe(4);
    expect(usage).toMatchObject({ cost_usd: (usage!.prompt_tokens * 1 + 4 * 2) / 1e6 });
  });

  it('answers whole', async () => {
    platform.engine.play({ pieces: ['Two ', 'words'] });
    const answer = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Say two words' }],
    });
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Two words' } });
  });
});

describe("OpenAI's own client", () => {
  it('lists the models', async () => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(['bedrock', 'openai', 'truncates', 'summarizes']);
  });

  it('sees a wrong key as an authentication error', async () => {
    const stranger = new OpenAI({ baseURL: `${platform.url}/v1`, apiKey: 'sk-wrong', maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it('sees an error in the middle of a stream as an error', async () => {
    const { PlatformError } = await import('@plinth/contracts');
    platform.engine.play({ pieces: ['Half '], failAfter: new PlatformError('upstream_failed', 'gone') });
    const stream = await client.chat.completions.create({
      model: 'openai',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const read = async () => {
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    };
    await expect(read()).rejects.toThrow();
  });
});
