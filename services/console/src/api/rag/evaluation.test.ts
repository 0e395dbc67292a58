import { describe, expect, it } from 'vitest';
import { parseQuestions } from './evaluation.ts';

describe('a question set from a file', () => {
  it('is read line by line, with or without a byte order mark and empty lines', () => {
    expect(parseQuestions('\uFEFF{"id":"1","question":"a?"}\r\n\n{"id":"2","question":"b?"}\n')).toEqual({
      questions: [
        { id: '1', question: 'a?' },
        { id: '2', question: 'b?' },
      ],
    });
  });

  it.each([
    ['{"id":"1","question":"a?"}\n{oops', /^Line 2 /],
    ['{"id":"1"}', /^Line 1 /],
    ['[]', /^Line 1 /],
    ['\n \n', /empty/],
  ])('that is none says where: %j', (content, words) => {
    const read = parseQuestions(content);
    expect('wrong' in read && read.wrong).toMatch(words);
  });
});
