import { ChatCompletion, ChatCompletionChunk, OpenAIErrorBody, PlatformError } from '@plinth/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatEvent, ChatRun } from '../chat/events.ts';
import { toChatCompletion } from './completion.ts';
import { SseEncoder } from './sse.ts';

const end: ChatEvent = {
  type: 'end',
  reason: 'stop',
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost_usd: 0 },
  extension: { guard: [{ stage: 'output', action: 'redacted', detector: 'email', count: 1 }], truncated_messages: 0 },
};
const call: ChatEvent = { type: 'tool-call', index: 0, id: 'c1', name: 'f', arguments: '{"a":"\\n"}' };

function aRun(events: readonly ChatEvent[], overrides: Partial<ChatRun> = {}): ChatRun {
  return {
    id: 'chatcmpl-1',
    requestId: 'req-1',
    created: 1_795_000_000,
    model: 'a "quoted" model',
    stream: true,
    includeUsage: false,
    events: (async function* () {
      yield* events;
    })(),
    ...overrides,
  };
}

/** The data of each frame of a text stream, as a reader of server-sent events sees it. */
function framesOf(text: string): string[] {
  expect(text.endsWith('\n\n')).toBe(true);
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((frame) => {
      expect(frame).toMatch(/^data: [^\r\n]*$/);
      return frame.slice('data: '.length);
    });
}

function encode(events: readonly ChatEvent[], overrides: Partial<ChatRun> = {}): string[] {
  const encoder = new SseEncoder(aRun(events, overrides));
  return framesOf(encoder.start() + events.map((event) => encoder.encode(event)).join(''));
}

describe('an answer as server-sent events', () => {
  it('begins with its role, ends with its reason and [DONE], and every frame is a chunk', () => {
    const frames = encode([{ type: 'text', text: 'Hi' }, call, end]);
    expect(frames.at(-1)).toBe('[DONE]');
    const chunks = frames.slice(0, -1).map((frame) => ChatCompletionChunk.parse(JSON.parse(frame)));
    expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
      { role: 'assistant', content: '' },
      { content: 'Hi' },
      { tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":"\\n"}' } }] },
      {},
    ]);
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, null, 'stop']);
    expect(chunks.at(-1)?.plinth?.guard).toHaveLength(1);
    for (const chunk of chunks)
      expect(chunk).toMatchObject({ id: 'chatcmpl-1', model: 'a "quoted" model', created: 1_795_000_000 });
  });

  it('tells its use in a chunk of its own, without choices, only to who asked', () => {
    const usage = (frames: string[]) =>
      frames
        .slice(0, -1)
        .map((frame) => ChatCompletionChunk.parse(JSON.parse(frame)))
        .filter((chunk) => chunk.usage !== undefined);
    expect(usage(encode([end]))).toEqual([]);
    expect(usage(encode([end], { includeUsage: true }))).toMatchObject([{ choices: [], usage: { total_tokens: 3 } }]);
  });

  it("that breaks off ends with one error in OpenAI's shape and [DONE]", () => {
    const error = new PlatformError('upstream_failed', 'Gone.', { cause: new Error('secret') });
    const frames = encode([
      { type: 'text', text: 'Half' },
      { type: 'error', error },
    ]);
    expect(OpenAIErrorBody.parse(JSON.parse(frames.at(-2) ?? ''))).toMatchObject({
      error: { code: 'upstream_failed', request_id: 'req-1' },
    });
    expect(frames.at(-1)).toBe('[DONE]');
    expect(frames.join('')).not.toContain('secret');
  });

  it('carries any text unchanged, line breaks and separators among it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n\n', '\r\n', 'data: [DONE]', '\u2028'))),
        (texts) => {
          const frames = encode([...texts.map((text) => ({ type: 'text' as const, text })), end]);
          const read = frames
            .slice(1, -2)
            .map((frame) => ChatCompletionChunk.parse(JSON.parse(frame)).choices[0]?.delta.content);
          expect(read).toEqual(texts);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a whole answer', () => {
  it('is one chat.completion', async () => {
    const completion = await toChatCompletion(aRun([{ type: 'text', text: 'Hel' }, { type: 'text', text: 'lo' }, end]));
    expect(ChatCompletion.parse(completion)).toEqual(completion);
    expect(completion.choices).toEqual([
      { index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop', logprobs: null },
    ]);
    expect(completion).toMatchObject({ usage: { total_tokens: 3 }, plinth: { truncated_messages: 0 } });
  });

  it('of tool calls alone has null for content', async () => {
    const completion = await toChatCompletion(aRun([call, end]));
    expect(ChatCompletion.parse(completion).choices[0]?.message).toMatchObject({
      content: null,
      tool_calls: [{ id: 'c1' }],
    });
    const empty = await toChatCompletion(aRun([end]));
    expect(empty.choices[0]?.message.content).toBe('');
  });

  it('throws what it failed with, and says so if it has no end', async () => {
    const error = new PlatformError('upstream_failed', 'Gone.');
    await expect(
      toChatCompletion(
        aRun([
          { type: 'text', text: 'Half' },
          { type: 'error', error },
        ]),
      ),
    ).rejects.toBe(error);
    await expect(toChatCompletion(aRun([]))).rejects.toMatchObject({ code: 'internal' });
  });
});
