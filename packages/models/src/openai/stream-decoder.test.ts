import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../model-client.ts';
import { chunk, frame } from '../testing/openai-harness.ts';
import { ChatStreamDecoder } from './stream-decoder.ts';

function decode(pieces: readonly Buffer[]): ModelEvent[] {
  const events: ModelEvent[] = [];
  const decoder = new ChatStreamDecoder((event) => events.push(event));
  for (const piece of pieces) decoder.write(piece);
  decoder.close();
  return events;
}

const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } };
const done = frame('[DONE]');
const stop = frame(chunk({}, 'stop'));
const say = (content: string): Buffer => frame(chunk({ content }));
const END = { type: 'end', reason: 'stop' };

/** The recorded shape of a whole vLLM stream, with characters of two, three and four bytes. */
const STREAM = Buffer.concat([
  frame(chunk({ role: 'assistant', content: '' })),
  Buffer.from(': keep-alive\n\n'),
  say('Grüße'),
  say(' 世界'),
  say(' 👩‍🚀'),
  stop,
  frame(usage),
  done,
]);
const EVENTS = [
  { type: 'text', text: 'Grüße' },
  { type: 'text', text: ' 世界' },
  { type: 'text', text: ' 👩‍🚀' },
  { type: 'end', reason: 'stop', usage: { inputTokens: 3, outputTokens: 2 } },
];

describe.each([
  ['LF', STREAM],
  ['CRLF', Buffer.from(STREAM.toString().replaceAll('\n', '\r\n'))],
  ['CR', Buffer.from(STREAM.toString().replaceAll('\n', '\r'))],
  ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), STREAM])],
])('a stream with %s', (_name, bytes) => {
  it('gives the same events cut in two at every byte', () => {
    for (let cut = 0; cut <= bytes.length; cut += 1)
      expect(decode([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(EVENTS);
  });

  it('gives the same events one byte at a time', () => {
    expect(decode(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(EVENTS);
  });

  it('gives the same events cut anywhere, any number of times', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        expect(decode(edges.slice(1).map((end, index) => bytes.subarray(edges[index], end)))).toEqual(EVENTS);
      }),
      { numRuns: 200 },
    );
  });
});

it('joins the data lines of one frame', () => {
  const json = JSON.stringify(chunk({ content: 'hi' }));
  const split = Buffer.from(`data: ${json.slice(0, 1)}\ndata: ${json.slice(1)}\n\n`);
  expect(decode([split, stop, done])).toEqual([{ type: 'text', text: 'hi' }, END]);
});

it('accepts a last frame without its blank line, and an end without [DONE]', () => {
  expect(decode([say('hi'), stop.subarray(0, -2)])).toEqual([{ type: 'text', text: 'hi' }, END]);
});

it('takes [DONE] without a reason for a stop once something was said', () => {
  expect(decode([say('hi'), done])).toEqual([{ type: 'text', text: 'hi' }, END]);
});

it('ignores whatever follows [DONE]', () => {
  expect(decode([say('hi'), stop, done, say('more')])).toEqual([{ type: 'text', text: 'hi' }, END]);
});

it('reads usage that comes beside the last choice, or in every frame', () => {
  const running = frame({ ...chunk({ content: 'a' }), usage: { prompt_tokens: 3, completion_tokens: 1 } });
  const last = frame({ ...chunk({}, 'length'), usage: { prompt_tokens: 3, completion_tokens: 2 } });
  expect(decode([running, last, done]).at(-1)).toEqual({
    type: 'end',
    reason: 'length',
    usage: { inputTokens: 3, outputTokens: 2 },
  });
});

it('counts usage it cannot read as not reported', () => {
  expect(decode([say('a'), stop, frame({ choices: [], usage: { prompt_tokens: -1 } }), done]).at(-1)).toEqual(END);
});

it('passes a refusal on as text', () => {
  expect(decode([frame(chunk({ refusal: 'I cannot.' })), stop, done])[0]).toEqual({ type: 'text', text: 'I cannot.' });
});

it('gives id and name of a tool call once, also when the server repeats them', () => {
  const call = (args: string): Buffer =>
    frame(
      chunk({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'clock', arguments: args } }] }),
    );
  expect(decode([call('{'), call('}'), frame(chunk({}, 'tool_calls')), done])).toEqual([
    { type: 'tool-call', index: 0, id: 'c1', name: 'clock', arguments: '{' },
    { type: 'tool-call', index: 0, arguments: '}' },
    { type: 'end', reason: 'tool_calls' },
  ]);
});

it.each([
  ['no frame at all', []],
  ['only [DONE]', [done]],
  ['only comments', [Buffer.from(': ping\n\n: ping\n\n')]],
  ['text without an end', [say('a')]],
  ['a frame cut in the middle', [say('a'), stop.subarray(0, 30)]],
  ['a frame that is not JSON', [say('a'), frame('{oops}')]],
  ['a frame that is not an object', [frame('7')]],
  ['an aborted engine', [say('a'), frame(chunk({}, 'abort'))]],
  ['a wrapped error', [say('a'), frame({ error: { message: 'x', code: 500 } })]],
  ['a bare error of older vLLM', [frame({ object: 'error', message: 'x', type: 'InternalServerError', code: 500 })]],
  ['an error under its own event name', [Buffer.from('event: error\ndata: {"error":{"message":"x"}}\n\n')]],
  ['a frame that never ends', [Buffer.from(`data: ${'x'.repeat(1_100_000)}`)]],
])('ends %s with one upstream_failed', (_name, pieces) => {
  const events = decode(pieces);
  expect(events.filter(({ type }) => type === 'error' || type === 'end')).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_failed' } });
});

it('keeps the code of an error in the stream', () => {
  const events = decode([frame({ error: { message: 'busy', type: 'Overloaded', code: 503 } })]);
  expect(events).toMatchObject([{ type: 'error', error: { code: 'overloaded' } }]);
});

it('never throws and always ends once, whatever the bytes', () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((json) => frame(json)),
    fc.constantFrom(say('a'), stop, done),
  );
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 8 }), (pieces) => {
      const ends = decode(pieces).filter(({ type }) => type === 'end' || type === 'error');
      expect(ends).toHaveLength(1);
    }),
    { numRuns: 500 },
  );
});
