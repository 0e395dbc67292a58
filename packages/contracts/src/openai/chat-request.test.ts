import { describe, expect, it } from 'vitest';
import { CHAT_BOUNDS, ChatCompletionRequest } from './chat-request.ts';

const user = { role: 'user', content: 'Hi' };
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather at a place',
    parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
    strict: true,
  },
};

/** Bodies in the shapes that OpenAI's own clients and the frameworks over them send. */
const REAL = {
  'the shortest one': { model: 'm', messages: [user] },
  'a streamed one of the Node client': {
    model: 'm',
    messages: [{ role: 'system', content: 'You are a helpful assistant.' }, user],
    stream: true,
    stream_options: { include_usage: true },
  },
  'one with every sampling setting': {
    model: 'm',
    messages: [user],
    temperature: 0,
    top_p: 0.1,
    seed: -7,
    stop: ['\n', 'END'],
    max_completion_tokens: 64,
    n: 1,
    frequency_penalty: 0.2,
    presence_penalty: 0,
    logit_bias: { '50256': -100 },
    user: 'user-1234',
    metadata: { a: 'b' },
    parallel_tool_calls: true,
    service_tier: 'auto',
  },
  'one that sends null for what it leaves open': {
    model: 'm',
    messages: [user],
    stream: null,
    stop: null,
    max_tokens: null,
    temperature: null,
    n: null,
    seed: null,
    stream_options: null,
    service_tier: null,
  },
  'an image beside text': {
    model: 'm',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
        ],
      },
    ],
  },
  'a tool call and its answer': {
    model: 'm',
    tools: [weather],
    tool_choice: { type: 'function', function: { name: 'get_weather' } },
    messages: [
      { role: 'developer', content: [{ type: 'text', text: 'Be short.' }] },
      user,
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"place":"Oslo"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '{"celsius":4}' },
    ],
  },
  'structured output': {
    model: 'm',
    messages: [user],
    response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: { type: 'object' } } },
  },
  'a prompt-cache point': {
    model: 'm',
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Long and fixed.', cache_control: { type: 'ephemeral' } }] },
      user,
    ],
  },
  'an assistant turn read back from an earlier answer': {
    model: 'm',
    messages: [user, { role: 'assistant', content: 'Hello!', refusal: null, annotations: [] }, user],
  },
};

describe('a chat request', () => {
  it.each(Object.entries(REAL))('may be %s', (_name, body) => {
    const result = ChatCompletionRequest.safeParse(body);
    expect(result.error?.issues).toBeUndefined();
  });

  it('loses the fields we do not know', () =>
    expect(ChatCompletionRequest.parse({ model: 'm', messages: [user], logit_bias: {} })).toEqual({
      model: 'm',
      messages: [user],
    }));

  it.each([
    ['no body', null, ''],
    ['an array', [], ''],
    ['no model', { messages: [user] }, 'model'],
    ['no messages', { model: 'm' }, 'messages'],
    ['an empty conversation', { model: 'm', messages: [] }, 'messages'],
    ['messages as text', { model: 'm', messages: 'Hi' }, 'messages'],
    ['an unknown role', { model: 'm', messages: [{ role: 'wizard', content: 'x' }] }, 'messages.0.role'],
    ['content as a number', { model: 'm', messages: [{ role: 'user', content: 5 }] }, 'messages.0.content'],
    ['no content', { model: 'm', messages: [{ role: 'user' }] }, 'messages.0.content'],
    [
      'an image from the system',
      { model: 'm', messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
      'messages.0.content',
    ],
    ['no parts', { model: 'm', messages: [{ role: 'user', content: [] }] }, 'messages.0.content'],
    [
      'a tool result for no call',
      { model: 'm', messages: [{ role: 'tool', content: 'x' }] },
      'messages.0.tool_call_id',
    ],
    ['stream as text', { model: 'm', messages: [user], stream: 'yes' }, 'stream'],
    ['heat over 2', { model: 'm', messages: [user], temperature: 2.1 }, 'temperature'],
    ['top_p of 0', { model: 'm', messages: [user], top_p: 0 }, 'top_p'],
    ['two answers', { model: 'm', messages: [user], n: 2 }, 'n'],
    ['no tokens', { model: 'm', messages: [user], max_tokens: 0 }, 'max_tokens'],
    ['half a token', { model: 'm', messages: [user], max_tokens: 1.5 }, 'max_tokens'],
    ['five stop strings', { model: 'm', messages: [user], stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
    ['an empty stop string', { model: 'm', messages: [user], stop: '' }, 'stop'],
    ['a tool of another type', { model: 'm', messages: [user], tools: [{ type: 'retrieval' }] }, 'tools.0.type'],
    ['an unknown format', { model: 'm', messages: [user], response_format: { type: 'xml' } }, 'response_format.type'],
  ])('is refused with %s', (_name, body, param) => {
    const result = ChatCompletionRequest.safeParse(body);
    expect(result.error?.issues[0]?.path.join('.')).toBe(param);
  });

  it.each([
    ['messages', { messages: Array<unknown>(CHAT_BOUNDS.messages + 1).fill(user) }],
    ['characters', { messages: [{ role: 'user', content: 'x'.repeat(CHAT_BOUNDS.textLength + 1) }] }],
    [
      'parts',
      { messages: [{ role: 'user', content: Array(CHAT_BOUNDS.contentParts + 1).fill({ type: 'text', text: '' }) }] },
    ],
    ['tools', { messages: [user], tools: Array<unknown>(CHAT_BOUNDS.tools + 1).fill(weather) }],
    ['tokens', { messages: [user], max_tokens: CHAT_BOUNDS.completionTokens + 1 }],
  ])('is refused with one over the most %s', (_name, fields) =>
    expect(ChatCompletionRequest.safeParse({ model: 'm', ...fields }).success).toBe(false),
  );

  it('says of wrong values what they should be, never what they are', () => {
    const text = 'my secret prompt';
    const bodies = [
      { model: 'm', messages: text },
      { model: 'm', messages: [{ role: text, content: 'x' }] },
      { model: 'm', messages: [{ role: 'user', content: [{ type: text, text }] }] },
      { model: 'm', messages: [user], stop: [text.repeat(20)] },
      { model: 'm', messages: [user], response_format: { type: text } },
      { model: 'm', messages: [user], tool_choice: text },
      { model: 'm', messages: [user], seed: text },
    ];
    for (const body of bodies) {
      const { error } = ChatCompletionRequest.safeParse(body);
      expect(error?.issues.length).toBeGreaterThan(0);
      for (const issue of error?.issues ?? []) expect(`${issue.message} ${issue.path.join('.')}`).not.toContain(text);
    }
  });
});
