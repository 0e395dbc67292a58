import type { ChatMessage } from '@plinth/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitOldestTurns } from './turns.ts';

const say = (role: 'system' | 'user' | 'assistant', content: string): ChatMessage => ({ role, content });
const call = (id: string): ChatMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }],
});
const result = (id: string): ChatMessage => ({ role: 'tool', tool_call_id: id, content: 'x'.repeat(500) });

/** A conversation as clients send it: a system message, turns with and without tool calls, a last user turn. */
const conversation = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 60 }).map((content) => [say('user', content)]),
      fc.string({ maxLength: 60 }).map((content) => [say('assistant', content)]),
      fc.nat(1_000_000).map((id) => [call(`c${id}`), result(`c${id}`)]),
      fc.constant([say('system', 'Mind this too.')]),
    ),
    { maxLength: 12 },
  )
  .map((turns) => [say('system', 'Be kind.'), ...turns.flat(), say('user', 'And now?')]);

describe('leaving out the oldest turns', () => {
  it('drops oldest first and keeps the order of the rest', () => {
    const messages = ['a', 'b', 'c', 'd'].map((letter) => say('user', letter.repeat(50)));
    const { kept, dropped } = splitOldestTurns(messages, 0.5);
    expect(dropped).toEqual(messages.slice(0, 2));
    expect(kept).toEqual(messages.slice(2));
  });

  it('loses no message and makes none', () => {
    fc.assert(
      fc.property(conversation, fc.double({ min: 0, max: 1, noNaN: true }), (messages, share) => {
        const { kept, dropped } = splitOldestTurns(messages, share);
        expect(messages.filter((message) => kept.includes(message) || dropped.includes(message))).toEqual(messages);
        expect(kept.length + dropped.length).toBe(messages.length);
      }),
    );
  });

  it('keeps every system message and the last user turn, however little may stay', () => {
    fc.assert(
      fc.property(conversation, fc.double({ min: 0, max: 1, noNaN: true }), (messages, share) => {
        const { kept } = splitOldestTurns(messages, share);
        expect(kept).toEqual(expect.arrayContaining(messages.filter((message) => message.role === 'system')));
        expect(kept.at(-1)).toBe(messages.at(-1));
      }),
    );
  });

  it("keeps no tool's answer without its call", () => {
    fc.assert(
      fc.property(conversation, fc.double({ min: 0, max: 1, noNaN: true }), (messages, share) => {
        const { kept } = splitOldestTurns(messages, share);
        const called = new Set(
          kept
            .flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []))
            .map(({ id }) => id),
        );
        for (const message of kept) if (message.role === 'tool') expect(called).toContain(message.tool_call_id);
      }),
    );
  });

  it('keeps what follows the last user turn, so that a tool loop under way goes on', () => {
    const messages = [say('user', 'old'.repeat(99)), say('user', 'Weather?'), call('a'), result('a')];
    expect(splitOldestTurns(messages, 0).kept).toEqual(messages.slice(1));
  });

  it('drops nothing where all may stay', () =>
    expect(splitOldestTurns([say('user', 'a'), say('user', 'b')], 1).dropped).toEqual([]));
});
