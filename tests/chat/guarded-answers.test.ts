import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from './platform.ts';

let platform: TestPlatform;
let key: string;

beforeAll(async () => {
  platform = await startPlatform();
  key = await platform.key({ principal: 'keeper', conversations: true });
});
afterAll(() => platform.close());

interface Ended {
  text: string;
  raw: string;
  finish: string;
  plinth: { guard: object[]; conversation_id?: string };
}

async function ask(content: string, more: object = {}): Promise<Ended> {
  const response = await fetch(`${platform.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'openai', stream: true, messages: [{ role: 'user', content }], ...more }),
  });
  const raw = await response.text();
  const chunks = raw
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map(
      (line) =>
        JSON.parse(line.slice(6)) as {
          choices: { delta: { content?: string }; finish_reason: string | null }[];
          plinth?: Ended['plinth'];
        },
    );
  const last = chunks.find((chunk) => chunk.plinth !== undefined)!;
  return {
    raw,
    text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''),
    finish: last.choices[0]!.finish_reason!,
    plinth: last.plinth!,
  };
}

describe('an answer', () => {
  it('loses personal data even where tokens cut it in two', async () => {
    platform.engine.play({
      pieces: ['Write to ann', '.lee@exa', 'mple.com', ' or call 415', '-555', '-2671', ' today.'],
    });
    const answer = await ask('contact?');
    expect(answer.text).toBe('Write to [EMAIL] or call [PHONE] today.');
    expect(answer.raw).not.toMatch(/ann|lee|2671/);
    expect(answer.plinth.guard).toEqual([
      { stage: 'output', action: 'redacted', detector: 'email', count: 1 },
      { stage: 'output', action: 'redacted', detector: 'phone', count: 1 },
    ]);
  });

  it('stops before something blocked, of which no part is sent', async () => {
    const cancelledBefore = platform.engine.cancelled;
    platform.engine.play({ pieces: ['The key is ', 'AKIA', 'IOSFODNN7', 'EXAMPLE', ' and ', 'more'] });
    const answer = await ask('what is the key?');
    expect(answer).toMatchObject({ text: 'The key is ', finish: 'content_filter' });
    expect(answer.raw).not.toContain('AKIA');
    expect(platform.engine.cancelled + platform.engine.requests.length).toBeGreaterThan(cancelledBefore);
  });
});

describe('a question', () => {
  it('reaches the model without the personal data in it', async () => {
    platform.engine.play({});
    await ask('I am bob@example.com');
    expect(JSON.stringify(platform.engine.requests.at(-1)!.prompt)).toContain('I am [EMAIL]');
  });
});

describe('a conversation', () => {
  it('is kept as the guard left it, continued, listed, read by its owner only, and deleted', async () => {
    platform.engine.play({ pieces: ['Hello Bob.'] });
    const first = await ask('I am bob@example.com');
    const id = first.plinth.conversation_id!;
    platform.engine.play({ pieces: ['You did.'] });
    await ask('Did I say my name?', { conversation_id: id });
    const prompt = platform.engine.requests.at(-1)!.prompt;
    expect(prompt.kind === 'chat' && prompt.turns.map((turn) => turn.text)).toEqual([
      'I am [EMAIL]',
      'Hello Bob.',
      'Did I say my name?',
    ]);

    const get = (path: string, apiKey = key, method = 'GET') =>
      fetch(`${platform.url}/v1/conversations${path}`, { method, headers: { authorization: `Bearer ${apiKey}` } });
    const read = await (await get(`/${id}`)).text();
    expect(read).not.toContain('bob@example.com');
    expect((JSON.parse(read) as { messages: unknown[] }).messages).toHaveLength(4);

    const other = await platform.key({ principal: 'eve', conversations: true });
    expect((await get(`/${id}`, other)).status).toBe(404);
    expect((await get(`/${id}`, other, 'DELETE')).status).toBe(404);
    expect((await get('', await platform.key())).status).toBe(403);
    expect((await get(`/${id}`, key, 'DELETE')).status).toBe(200);
    expect((await get(`/${id}`)).status).toBe(404);
  });
});
