import type { ModelFeature } from '@plinth/contracts';
import { expect, it } from 'vitest';
import type { ModelRequest } from './model-client.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';
import { requestOf } from './testing/read-events.ts';

const ALL: readonly ModelFeature[] = ['tools', 'images', 'structured-output', 'prompt-cache', 'service-tier', 'seed'];
const tool = { type: 'function', function: { name: 'clock' } } as const;
const call = { id: '1', type: 'function', function: { name: 'clock', arguments: '{}' } } as const;

const USES: readonly (readonly [ModelFeature, string, Partial<ModelRequest>])[] = [
  ['seed', 'seed', { seed: 1 }],
  ['service-tier', 'service_tier', { serviceTier: 'flex' }],
  ['structured-output', 'response_format', { responseFormat: { type: 'json_object' } }],
  ['tools', 'tools', { tools: [tool] }],
  ['tools', 'tool_choice', { toolChoice: 'required' }],
  ['tools', 'messages.0.role', { messages: [{ role: 'tool', tool_call_id: '1', content: 'noon' }] }],
  ['tools', 'messages.0.tool_calls', { messages: [{ role: 'assistant', tool_calls: [call] }] }],
  [
    'images',
    'messages.0.content.0',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }] },
  ],
  [
    'prompt-cache',
    'messages.0.content.0.cache_control',
    { messages: [{ role: 'system', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] }] },
  ],
];

it.each(USES)('refuses %s in field %s, naming the field and what to do', (feature, param, changes) => {
  const others = new Set(ALL.filter((one) => one !== feature));
  const error = refuseUnsupported(requestOf(changes), 'small', others);
  expect(error).toMatchObject({ code: 'unsupported_feature', param });
  expect(error?.message).toContain('"small"');
  expect(error?.message).toMatch(/leave out|text parts only/);
});

it.each(USES)('lets %s pass in field %s when the model has it', (feature, _param, changes) => {
  expect(refuseUnsupported(requestOf(changes), 'small', new Set([feature]))).toBeUndefined();
});

it('lets pass what asks for nothing special', () => {
  const plain = requestOf({ tools: [], serviceTier: 'default', responseFormat: { type: 'text' }, toolChoice: 'auto' });
  expect(refuseUnsupported(plain, 'small', new Set())).toBeUndefined();
});
