import { GuardrailDefinition } from '@plinth/local';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from './platform.ts';

let platform: TestPlatform;
let client: OpenAI;

beforeAll(async () => {
  const guardrail = GuardrailDefinition.parse({ id: 'house', version: '3', deniedWords: ['skunkworks', 'falcon'] });
  platform = await startPlatform({ guardrails: [guardrail] });
  client = new OpenAI({ baseURL: `${platform.url}/v1`, apiKey: await platform.key(), maxRetries: 0 });
});
afterAll(() => platform.close());

const ask = (content: string) =>
  client.chat.completions.create({ model: 'openai', messages: [{ role: 'user', content }] });

describe('a Bedrock guardrail in front of a model that is not on Bedrock', () => {
  it('lets an innocent question and its answer pass', async () => {
    platform.engine.play({ pieces: ['Of ', 'course.'] });
    const answer = await ask('May I ask something?');
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Of course.' } });
  });

  it('blocks a question before the model sees it', async () => {
    const before = platform.engine.requests.length;
    await expect(ask('Tell me about skunkworks')).rejects.toMatchObject({ status: 400, code: 'content_blocked' });
    expect(platform.engine.requests).toHaveLength(before);
  });

  it('blocks an answer in the window where it goes wrong, after the good ones were sent', async () => {
    const good = 'All of this is fine to say. '.repeat(20);
    platform.engine.play({ pieces: [...good.split(/(?<= )/), 'But ', 'falcon ', 'is ', 'not. '] });
    const answer = await ask('Go on');
    expect(answer.choices[0]?.finish_reason).toBe('content_filter');
    expect(good).toContain(answer.choices[0]?.message.content);
    expect(answer.choices[0]?.message.content?.length).toBeGreaterThan(300);
    expect(answer).toMatchObject({ plinth: { guard: [{ stage: 'output', action: 'blocked' }] } });
  });

  it('works behind the local guard: what that redacts, the service never sees', async () => {
    platform.engine.play({ pieces: ['Fine.'] });
    const answer = await ask('I am bob@example.com');
    expect(answer).toMatchObject({ plinth: { guard: [{ stage: 'input', action: 'redacted', detector: 'email' }] } });
  });
});
