import { PlatformError, type ChatMessage } from '@plinth/contracts';
import { expect, it } from 'vitest';
import type { ModelRequest } from '../model-client.ts';
import { requestOf } from '../testing/read-events.ts';
import { converseRequest } from './converse-request.ts';

const TARGET = { kind: 'bedrock', modelId: 'm', api: 'converse' } as const;
const build = (changes: Partial<ModelRequest>) => converseRequest(TARGET, requestOf(changes));
const turns = (...messages: ChatMessage[]) => build({ messages });
const clock = {
  type: 'function',
  function: {
    name: 'clock',
    description: 'Tells the time.',
    parameters: { type: 'object', properties: {} },
    strict: true,
  },
} as const;
const call = { id: 'c1', type: 'function', function: { name: 'clock', arguments: '{"zone":"CET"}' } } as const;
const cached = { type: 'text', text: 'long rules', cache_control: { type: 'ephemeral' } } as const;

function refusedWith(build: () => unknown): Pick<PlatformError, 'code' | 'param'> {
  try {
    build();
  } catch (error) {
    if (error instanceof PlatformError) return { code: error.code, param: error.param };
    throw error;
  }
  throw new Error('nothing was refused');
}

it('puts system and developer text apart and merges turns of one role', () => {
  const built = turns(
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'a' },
    { role: 'developer', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'b' }] },
    { role: 'assistant', content: 'c' },
    { role: 'assistant', content: 'd' },
    { role: 'user', content: 'e' },
  );
  expect(built.system).toEqual([{ text: 'Be kind.' }, { text: 'Be brief.' }]);
  expect(built.messages).toEqual([
    { role: 'user', content: [{ text: 'a' }, { text: 'b' }] },
    { role: 'assistant', content: [{ text: 'c' }, { text: 'd' }] },
    { role: 'user', content: [{ text: 'e' }] },
  ]);
});

it('says tool calls and their results as blocks, results of one turn together', () => {
  const built = build({
    tools: [clock],
    messages: [
      { role: 'user', content: 'What time is it?' },
      { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'c2' }] },
      { role: 'tool', tool_call_id: 'c1', content: 'noon' },
      { role: 'tool', tool_call_id: 'c2', content: '' },
    ],
  });
  expect(built.messages?.slice(1)).toEqual([
    {
      role: 'assistant',
      content: [
        { toolUse: { toolUseId: 'c1', name: 'clock', input: { zone: 'CET' } } },
        { toolUse: { toolUseId: 'c2', name: 'clock', input: { zone: 'CET' } } },
      ],
    },
    {
      role: 'user',
      content: [
        { toolResult: { toolUseId: 'c1', content: [{ text: 'noon' }] } },
        { toolResult: { toolUseId: 'c2', content: [{ text: ' ' }] } },
      ],
    },
  ]);
});

it('puts a cache point after the text that asks for one', () => {
  const built = turns(
    { role: 'system', content: [cached] },
    { role: 'user', content: [cached, { type: 'text', text: 'go' }] },
  );
  const point = { cachePoint: { type: 'default' } };
  expect(built.system).toEqual([{ text: 'long rules' }, point]);
  expect(built.messages).toEqual([{ role: 'user', content: [{ text: 'long rules' }, point, { text: 'go' }] }]);
});

it('sends the bytes of an image', () => {
  const url = `data:image/jpeg;base64,${Buffer.from('pixels').toString('base64')}`;
  const built = turns({ role: 'user', content: [{ type: 'image_url', image_url: { url } }] });
  expect(built.messages?.[0]?.content).toEqual([
    { image: { format: 'jpeg', source: { bytes: Buffer.from('pixels') } } },
  ]);
});

it.each([
  ['https://example.com/cat.png', 'unsupported_feature'],
  ['data:image/bmp;base64,AAAA', 'unsupported_feature'],
  ['data:image/png;base64,***', 'invalid_request'],
  ['data:image/png;base64,', 'invalid_request'],
])('refuses the image %s with %s', (url, code) => {
  const image = { type: 'image_url', image_url: { url } } as const;
  expect(refusedWith(() => turns({ role: 'user', content: [image] }))).toEqual({ code, param: 'messages.0.content.0' });
});

it('maps the sampling fields', () => {
  const built = build({ temperature: 0.2, topP: 0.9, stop: ['END'], seed: 5, serviceTier: 'priority', maxTokens: 9 });
  expect(built.inferenceConfig).toEqual({ maxTokens: 9, temperature: 0.2, topP: 0.9, stopSequences: ['END'] });
  expect(built.additionalModelRequestFields).toEqual({ seed: 5 });
  expect(built.serviceTier).toEqual({ type: 'priority' });
});

it.each([
  ['auto', { auto: {} }],
  ['required', { any: {} }],
  [{ type: 'function', function: { name: 'clock' } }, { tool: { name: 'clock' } }],
] as const)('maps tool_choice %j', (toolChoice, mapped) => {
  expect(build({ tools: [clock], toolChoice }).toolConfig).toEqual({
    tools: [
      {
        toolSpec: {
          name: 'clock',
          description: 'Tells the time.',
          inputSchema: { json: { type: 'object', properties: {} } },
          strict: true,
        },
      },
    ],
    toolChoice: mapped,
  });
});

it('leaves the tools out when none may be called', () => {
  expect(build({ tools: [clock], toolChoice: 'none' }).toolConfig).toBeUndefined();
});

it('sends a JSON schema as the output format', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  const built = build({ responseFormat: { type: 'json_schema', json_schema: { name: 'thing', schema } } });
  expect(built.outputConfig).toEqual({
    textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'thing', schema: JSON.stringify(schema) } } },
  });
});

const asked: ChatMessage = { role: 'user', content: 'a' };
const called: ChatMessage = { role: 'assistant', tool_calls: [call] };
it.each<readonly [string, Partial<ModelRequest>, string, string]>([
  ['a temperature over 1', { temperature: 1.5 }, 'invalid_request', 'temperature'],
  ['json_object', { responseFormat: { type: 'json_object' } }, 'unsupported_feature', 'response_format'],
  ['an empty turn', { messages: [{ role: 'user', content: '' }] }, 'invalid_request', 'messages.0.content'],
  [
    'a chat that the assistant begins',
    { messages: [{ role: 'assistant', content: 'a' }] },
    'invalid_request',
    'messages',
  ],
  ['only system text', { messages: [{ role: 'system', content: 'a' }] }, 'invalid_request', 'messages'],
  ['tool calls without their tools', { messages: [asked, called] }, 'invalid_request', 'tools'],
  [
    'forbidden tools that were called before',
    { messages: [asked, called], tools: [clock], toolChoice: 'none' },
    'unsupported_feature',
    'tool_choice',
  ],
  [
    'arguments that are no JSON object',
    {
      messages: [asked, { role: 'assistant', tool_calls: [{ ...call, function: { name: 'clock', arguments: '[1' } }] }],
    },
    'invalid_request',
    'messages.1.tool_calls.0.function.arguments',
  ],
])('refuses %s in words', (_what, changes, code, param) => {
  expect(refusedWith(() => build(changes))).toEqual({ code, param });
});
