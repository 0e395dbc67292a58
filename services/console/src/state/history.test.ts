import { describe, expect, it } from 'vitest';
import { localProblem } from '../api/problem.ts';
import { keptAnswer, newAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import { messagesFor, turnsFrom } from './history.ts';

const report = { guard: [], truncatedMessages: 0 };
const done = (text: string, extra: object = {}): Answer => ({
  ...newAnswer('m', 0),
  status: 'done',
  text,
  report: { ...report, ...extra },
});
const asked = { prompt: 'now', instructions: '', kept: false };
const contents = (turns: Parameters<typeof messagesFor>[0], options = asked) =>
  messagesFor(turns, options).map(({ content }) => content);

describe('messages sent with a question', () => {
  it('are the instructions, the turns before it and the question', () => {
    expect(messagesFor([{ prompt: 'one', answer: done('1') }], { ...asked, instructions: ' be brief ' })).toEqual([
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'one' },
      { role: 'assistant', content: '1' },
      { role: 'user', content: 'now' },
    ]);
  });

  it('leave out turns that failed, came empty or were blocked', () => {
    const blocked = done('no', { guard: [{ stage: 'input', action: 'blocked', detector: 'x', count: 1 }] });
    expect(
      contents([
        {
          prompt: 'failed',
          answer: { ...newAnswer('m', 0), status: 'failed', text: 'half', problem: localProblem('interrupted') },
        },
        { prompt: 'empty', answer: done('') },
        { prompt: 'blocked', answer: blocked },
        { prompt: 'stopped', answer: { ...newAnswer('m', 0), status: 'stopped', text: 'part' } },
      ]),
    ).toEqual(['stopped', 'part', 'now']);
  });

  it('are only what the platform does not have yet, where it keeps the conversation', () => {
    const turns = [
      { prompt: 'loaded', answer: keptAnswer('m', 'from before') },
      { prompt: 'kept', answer: done('k', { conversationId: 'c' }) },
      { prompt: 'stopped', answer: { ...newAnswer('m', 0), status: 'stopped' as const, text: 'part' } },
    ];
    expect(contents(turns, { ...asked, kept: true })).toEqual(['stopped', 'part', 'now']);
    expect(contents(turns)).toHaveLength(7);
  });
});

describe('a kept conversation', () => {
  it('is paired into turns, whatever order its messages have', () => {
    const turns = turnsFrom(
      [
        { role: 'assistant', text: 'hello' },
        { role: 'user', text: 'a' },
        { role: 'assistant', text: 'b' },
        { role: 'assistant', text: 'c' },
        { role: 'user', text: 'd' },
      ],
      'm',
    );
    expect(turns.map(({ prompt, answer }) => [prompt, answer.text])).toEqual([
      ['', 'hello'],
      ['a', 'b\n\nc'],
      ['d', ''],
    ]);
  });
});
