import { describe, expect, it } from 'vitest';
import { parseQuestionSet } from './question-set.ts';

const line = (id: string, more: object = {}) =>
  JSON.stringify({ id, question: 'How many days?', relevant: [{ documentId: 'leave.md', grade: 2 }], ...more });

describe('a question set', () => {
  it('is one question a line, whatever the line ends with', () => {
    const set = parseQuestionSet(`\uFEFF${line('a')}\r\n\n${line('b', { relevant: [], groups: ['staff'] })}\n`);
    expect(set.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(set[1]).toMatchObject({ relevant: [], groups: ['staff'] });
  });

  it.each([
    [`${line('a')}\n{"id":`, 'Line 2 of the question set: is not JSON.'],
    [`\n\n{"id":"a","question":"x"}`, 'Line 3 of the question set: relevant: '],
    [line('a', { relevant: [{ documentId: 'x', grade: 99 }] }), 'Line 1 of the question set: relevant.0.grade: '],
    [`${line('a')}\n${line('a')}`, 'Line 2 of the question set: the id "a" is that of line 1 already.'],
    [' \n', 'The question set is empty.'],
  ])('that is wrong tells where: %j', (content, message) => {
    expect(() => parseQuestionSet(content)).toThrow(message);
  });

  it('is bounded', () => {
    const many = Array.from({ length: 10_001 }, (_, index) => line(`q${index}`)).join('\n');
    expect(() => parseQuestionSet(many)).toThrow('Line 10001 of the question set: a set holds at most 10000');
  });
});
