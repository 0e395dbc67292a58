import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimsOf, measureCitations, sharesWords } from './answer.ts';

const TEXT = 'Employees get 25 days of leave [1]. Unused days expire in March [2].';
const first = { start: 0, end: 35 };
const second = { start: 36, end: TEXT.length };

describe('citations', () => {
  it('count when their document is relevant and their quote supports the sentence', () => {
    const citations = [
      { documentId: 'leave', quote: 'All employees get 25 days of paid leave a year.', ...first },
      { documentId: 'other', quote: 'Unused days expire at the end of March.', ...second },
      { documentId: 'leave', quote: 'The office is closed on Sundays.', ...second },
    ];
    expect(measureCitations({ text: TEXT, citations }, new Set(['leave']))).toEqual({
      precision: 1 / 3,
      recall: 1 / 2,
    });
  });

  it('say nothing of precision where there are none, and everything of recall', () => {
    expect(measureCitations({ text: TEXT, citations: [] }, new Set(['leave']))).toEqual({ recall: 0 });
    expect(measureCitations({ text: ' \n', citations: [] }, new Set())).toEqual({});
  });

  it('stay within 0 and 1 whatever their spans are', () => {
    const citation = fc.record({
      documentId: fc.constantFrom('a', 'b'),
      quote: fc.string(),
      start: fc.nat(200),
      end: fc.nat(200),
    });
    fc.assert(
      fc.property(fc.string(), fc.array(citation, { maxLength: 8 }), (text, citations) => {
        for (const value of Object.values(measureCitations({ text, citations }, new Set(['a'])))) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('never gain from a document that is not relevant', () => {
    const citations = [{ documentId: 'leave', quote: 'Employees get 25 days of leave.', ...first }];
    const lie = { documentId: 'lie', quote: TEXT, ...second };
    const [one, two] = [citations, [...citations, lie]].map((each) =>
      measureCitations({ text: TEXT, citations: each }, new Set(['leave'])),
    );
    expect(two!.recall).toBe(one!.recall);
    expect(two!.precision).toBeLessThan(one!.precision!);
  });
});

describe('sentences', () => {
  it('are spans of the text, and marks alone are none', () => {
    expect(claimsOf(TEXT).map(({ start, end }) => TEXT.slice(start, end).trim())).toEqual([
      'Employees get 25 days of leave [1].',
      'Unused days expire in March [2].',
    ]);
    expect(claimsOf('[1] [2]. 42!')).toEqual([]);
  });
});

describe('the words of a quote', () => {
  it.each([
    ['Travel costs are paid back within 30 days.', 'We reimburse travel costs, paid within 30 days.', true],
    ['Travel costs are paid back within 30 days.', 'Laptops are encrypted and locked.', false],
    ['Yes.', 'Anything.', true],
  ])('support %j by %j: %j', (sentence, quote, expected) => {
    expect(sharesWords(sentence, quote)).toBe(expected);
  });
});
