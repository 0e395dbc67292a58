import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localProblem } from '../api/problem.ts';
import { advance, isFinal, newAnswer, timeToFirstToken, tokensPerSecond } from './answer.ts';
import type { AnswerEvent } from './answer.ts';

const report = { guard: [], truncatedMessages: 0 };
const event = fc.oneof(
  fc.record({ type: fc.constant('delta' as const), text: fc.string({ maxLength: 4 }), at: fc.nat() }),
  fc.record({ type: fc.constant('end' as const), report: fc.constant(report), at: fc.nat() }),
  fc.record({ type: fc.constant('stop' as const), at: fc.nat() }),
  fc.record({ type: fc.constant('fail' as const), problem: fc.constant(localProblem('interrupted')), at: fc.nat() }),
);

describe('an answer', () => {
  it('waits, streams and is done', () => {
    const waiting = newAnswer('m', 100);
    const streaming = advance(waiting, { type: 'delta', text: 'a', at: 150 });
    const more = advance(streaming, { type: 'delta', text: 'b', at: 160 });
    const done = advance(more, { type: 'end', report, at: 300 });
    expect([waiting, streaming, more, done].map(({ status }) => status)).toEqual([
      'waiting',
      'streaming',
      'streaming',
      'done',
    ]);
    expect(done.text).toBe('ab');
    expect(timeToFirstToken(done)).toBe(50);
  });

  it('stays as it is once it is final, whatever still comes', () => {
    fc.assert(
      fc.property(fc.array(event), (events: AnswerEvent[]) => {
        let answer = newAnswer('m', 0);
        for (const next of events) {
          const after = advance(answer, next);
          if (isFinal(answer)) expect(after).toBe(answer);
          expect(after.text.startsWith(answer.text)).toBe(true);
          answer = after;
        }
        const ends = events.findIndex(({ type }) => type !== 'delta');
        expect(isFinal(answer)).toBe(ends !== -1);
        const written = events.slice(0, ends === -1 ? undefined : ends);
        expect(answer.text).toBe(written.map((each) => (each.type === 'delta' ? each.text : '')).join(''));
      }),
    );
  });

  it('gives a speed only where there is enough to measure', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 21, total_tokens: 22 };
    const base = { ...newAnswer('m', 0), firstTokenAt: 1_000, endedAt: 2_000, report: { ...report, usage } };
    expect(tokensPerSecond(base)).toBe(20);
    expect(tokensPerSecond({ ...base, endedAt: 1_010 })).toBeUndefined();
    expect(tokensPerSecond({ ...base, report })).toBeUndefined();
    expect(tokensPerSecond(newAnswer('m', 0))).toBeUndefined();
  });
});
