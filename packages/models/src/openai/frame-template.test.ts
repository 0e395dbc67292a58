import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../model-client.ts';
import { chunk, frame } from '../testing/openai-harness.ts';
import { FrameTemplate } from './frame-template.ts';
import { ChatStreamDecoder } from './stream-decoder.ts';

const readText = (json: string): string | undefined =>
  (JSON.parse(json) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content;
const learn = (bytes: Buffer): FrameTemplate | undefined => FrameTemplate.learn(bytes, readText);

it('reads the text of later frames of the same form', () => {
  const template = learn(frame(chunk({ content: 'one' })));
  expect(template?.match(frame(chunk({ content: ' two 世界' })))).toBe(' two 世界');
  expect(template?.match(frame(chunk({ content: '' })))).toBe('');
});

it.each([
  ['an escape', frame(chunk({ content: 'a\nb' }))],
  ['a quote', frame(chunk({ content: 'say "a"' }))],
  ['another id', frame({ ...chunk({ content: 'a' }), id: 'other' })],
  ['a finish reason', frame(chunk({ content: 'a' }, 'stop'))],
  ['two frames in one read', Buffer.concat([frame(chunk({ content: 'a' })), frame(chunk({ content: 'b' }))])],
  ['half a frame', frame(chunk({ content: 'a' })).subarray(0, 60)],
  ['a comment', Buffer.from(': ping\n\n')],
])('leaves %s to the parser', (_name, bytes) => {
  expect(learn(frame(chunk({ content: 'one' })))?.match(bytes)).toBeUndefined();
});

it.each([
  ['no content', frame(chunk({ tool_calls: [] }))],
  ['two data lines', Buffer.from('data: {"a":\ndata: 1}\n\n')],
  ['[DONE]', frame('[DONE]')],
  ['a content that is not the delta', frame({ note: { content: 'x' }, ...chunk({ content: 'a' }) })],
])('learns nothing from %s', (_name, bytes) => {
  expect(learn(bytes)).toBeUndefined();
});

describe('a decoder that is given whole frames', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('"', '\\', '\\"', '\n', ' ok'),
  );
  const delta = fc.oneof(
    { weight: 8, arbitrary: text.map((content) => chunk({ content })) },
    { weight: 1, arbitrary: text.map((content) => chunk({ content, refusal: 'no' })) },
    {
      weight: 1,
      arbitrary: text.map((content) => ({ ...chunk({ content }), usage: { prompt_tokens: 1, completion_tokens: 2 } })),
    },
    { weight: 1, arbitrary: text.map((content) => ({ content, ...chunk({ content: 'twice' }) })) },
    { weight: 1, arbitrary: text.map((content) => chunk({ content }, 'length')) },
  );

  it('says the same as one that is given every byte alone and so parses every frame', () => {
    fc.assert(
      fc.property(fc.array(delta, { minLength: 1, maxLength: 12 }), (frames) => {
        const bytes = [...frames.map((one) => frame(one)), frame('[DONE]')];
        expect(run(bytes)).toEqual(run(Array.from(Buffer.concat(bytes), (byte) => Buffer.from([byte]))));
      }),
      { numRuns: 400 },
    );
  });
});

function run(pieces: readonly Buffer[]): ModelEvent[] {
  const events: ModelEvent[] = [];
  const decoder = new ChatStreamDecoder((event) => events.push(event));
  for (const piece of pieces) decoder.write(piece);
  decoder.close();
  return events;
}
