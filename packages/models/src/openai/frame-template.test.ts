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
  expect(template?.match(frame(chunk({ content: ' two 世界' })), 0)).toBe(' two 世界');
  expect(template?.match(frame(chunk({ content: '' })), 0)).toBe('');
});

it('reads frames that follow one another in one read', () => {
  const template = learn(frame(chunk({ content: 'one' })));
  const [first, second] = [frame(chunk({ content: 'a' })), frame(chunk({ content: 'b' }))];
  const bytes = Buffer.concat([first, second]);
  expect(template?.match(bytes, 0)).toBe('a');
  expect(template?.end).toBe(first.length);
  expect(template?.match(bytes, first.length)).toBe('b');
  expect(template?.end).toBe(bytes.length);
  expect(template?.match(bytes, bytes.length)).toBeUndefined();
});

it.each([
  ['an escape', frame(chunk({ content: 'a\nb' }))],
  ['a quote', frame(chunk({ content: 'say "a"' }))],
  ['another id', frame({ ...chunk({ content: 'a' }), id: 'other' })],
  ['a finish reason', frame(chunk({ content: 'a' }, 'stop'))],
  ['half a frame', frame(chunk({ content: 'a' })).subarray(0, 60)],
  ['a comment', Buffer.from(': ping\n\n')],
])('leaves %s to the parser', (_name, bytes) => {
  expect(learn(frame(chunk({ content: 'one' })))?.match(bytes, 0)).toBeUndefined();
});

it.each([
  ['empty content', frame(chunk({ role: 'assistant', content: '' }))],
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

  it('says the same as one that is given every byte alone and so parses every frame, however many come together', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(delta, fc.boolean()), { minLength: 1, maxLength: 12 }), (frames) => {
        const reads: Buffer[] = [];
        for (const [one, joined] of frames)
          if (joined && reads.length > 0) reads.push(Buffer.concat([reads.pop()!, frame(one)]));
          else reads.push(frame(one));
        reads.push(frame('[DONE]'));
        expect(run(reads)).toEqual(run(Array.from(Buffer.concat(reads), (byte) => Buffer.from([byte]))));
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
