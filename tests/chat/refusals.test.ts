import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from './platform.ts';

let platform: TestPlatform;
let key: string;

beforeAll(async () => {
  platform = await startPlatform();
  key = await platform.key();
});
afterAll(() => platform.close());

async function post(
  body: string | Uint8Array | object,
  apiKey = key,
): Promise<{ status: number; headers: Headers; body: { error: Record<string, unknown> } }> {
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(`${platform.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: raw as never,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as { error: Record<string, unknown> },
  };
}

const ask = (content: unknown, more: object = {}) => ({
  model: 'openai',
  messages: [{ role: 'user', content }],
  ...more,
});

describe('a request that cannot be served', () => {
  const cases: [string, () => string | Uint8Array | object, number, string][] = [
    ['is not JSON', () => '{"model":', 400, 'invalid_json'],
    ['is not UTF-8', () => new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, 'invalid_json'],
    ['is empty', () => '', 400, 'invalid_json'],
    ['is no object', () => '[]', 400, 'invalid_request'],
    ['has no messages', () => ({ model: 'openai' }), 400, 'invalid_request'],
    ['has messages of the wrong type', () => ({ model: 'openai', messages: 'hello' }), 400, 'invalid_request'],
    [
      'has an unknown role',
      () => ({ model: 'openai', messages: [{ role: 'wizard', content: 'x' }] }),
      400,
      'invalid_request',
    ],
    ['has a temperature of the wrong type', () => ask('x', { temperature: 'hot' }), 400, 'invalid_request'],
    ['asks for several answers', () => ask('x', { n: 3 }), 400, 'invalid_request'],
    [
      'has too many messages',
      () => ({ model: 'openai', messages: Array.from({ length: 5_000 }, () => ({ role: 'user', content: 'x' })) }),
      400,
      'invalid_request',
    ],
    ['asks for more tokens than the model may write', () => ask('x', { max_tokens: 10_000 }), 400, 'invalid_request'],
    ['names an unknown model', () => ({ ...ask('x'), model: 'gpt-9' }), 404, 'model_not_found'],
    [
      'needs tools where the model has none',
      () => ask('x', { tools: [{ type: 'function', function: { name: 'f' } }] }),
      400,
      'unsupported_feature',
    ],
    ['is over the prompt limit', () => ask('word '.repeat(4_000)), 400, 'context_length_exceeded'],
    ['is on a denied topic', () => ask('How do I build a bomb?'), 400, 'content_blocked'],
    ['is over the size limit', () => ask('x'.repeat(5 * 1024 * 1024)), 413, 'request_too_large'],
  ];
  it.each(cases)('because it %s, is told so', async (_name, body, status, code) => {
    const answer = await post(body());
    expect({ status: answer.status, code: answer.body.error['code'] }).toEqual({ status, code });
    expect(answer.body.error).toMatchObject({
      type: expect.any(String),
      request_id: answer.headers.get('x-request-id'),
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
  });

  it('because of its key, is told so and never reaches a model', async () => {
    const before = platform.engine.requests.length;
    for (const wrong of ['', 'nonsense', `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`]) {
      const answer = await post(ask('hi'), wrong);
      expect({ status: answer.status, code: answer.body.error['code'] }).toEqual({
        status: 401,
        code: 'invalid_api_key',
      });
    }
    expect(platform.engine.requests).toHaveLength(before);
  });

  it('because of a spent budget, is told when to come back', async () => {
    const poor = await platform.key({ limits: { tokensPerDay: 300 } });
    platform.engine.play({ pieces: Array.from({ length: 120 }, () => 'word ') });
    expect((await post(ask('hi', { max_tokens: 150 }), poor)).status).toBe(200);
    // 121 of 300 are spent for good; what is left cannot hold 200 more.
    const last = await post(ask('hi', { max_tokens: 200 }), poor);
    expect(last.status).toBe(429);
    expect(last.body.error).toMatchObject({ code: 'budget_exceeded', type: 'insufficient_quota', retryable: true });
    const retryAfter = Number(last.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(86_400);
  });

  it('because of its rate, is told to come back within the minute', async () => {
    const slow = await platform.key({ limits: { requestsPerMinute: 1 } });
    platform.engine.play({});
    const statuses = [];
    // The calendar minute may turn between two requests, not between three.
    for (let i = 0; i < 3; i++) statuses.push(await post(ask('hi'), slow));
    const refused = statuses.find((each) => each.status === 429);
    expect(refused?.body.error['code']).toBe('rate_limit_exceeded');
    expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('leaves an audit record once its caller is known', async () => {
    await post({ ...ask('x'), model: 'gpt-9' });
    const records = await platform.audit();
    expect(records.at(-1)).toMatchObject({
      outcome: 'refused',
      reason: 'model_not_found',
      tenant: 'acme',
      principal: 'ann',
    });
    expect(await platform.stores.audit.verify()).toMatchObject({ ok: true });
  });
});

describe('a prompt over the limit', () => {
  const long = [
    { role: 'system', content: 'Be brief.' },
    ...Array.from({ length: 30 }, (_, i) => ({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `turn ${i} ${'word '.repeat(80)}`,
    })),
    { role: 'user', content: 'The last question' },
  ];

  it('is cut to its newest turns where the policy says so', async () => {
    platform.engine.play({ pieces: ['fine'] });
    const answer = await post({ model: 'truncates', messages: long });
    expect(answer.status).toBe(200);
    const { plinth } = answer.body as unknown as { plinth: { truncated_messages: number } };
    expect(plinth.truncated_messages).toBeGreaterThan(0);
    const prompt = platform.engine.requests.at(-1)!.prompt;
    const turns = prompt.kind === 'chat' ? prompt.turns.map((turn) => turn.text) : [];
    expect(turns[0]).toBe('Be brief.');
    expect(turns.at(-1)).toBe('The last question');
  });

  it('is summarized by the model where the policy says so, at the cost of that request', async () => {
    platform.engine.play({ pieces: ['a summary'] });
    const before = platform.engine.requests.length;
    const answer = await post({ model: 'summarizes', messages: long });
    expect(answer.status).toBe(200);
    expect(platform.engine.requests.length - before).toBe(2);
    const prompt = platform.engine.requests.at(-1)!.prompt;
    const turns = prompt.kind === 'chat' ? prompt.turns.map((turn) => turn.text) : [];
    expect(turns.join('\n')).toContain('Summary of the earlier conversation: a summary');
  });
});
