import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentencesOf, SentenceStream } from './sentences.ts';

const split = (text: string) => sentencesOf(text).map(({ start, end }) => text.slice(start, end));

describe('sentences', () => {
  it.each([
    [
      'end at punctuation before a new beginning',
      'Leave is 25 days. It ends in March! Why?',
      ['Leave is 25 days.', 'It ends in March!', 'Why?'],
    ],
    [
      'do not end inside numbers, versions and addresses',
      'It is 3.5 GB. See docs.example.com now.',
      ['It is 3.5 GB.', 'See docs.example.com now.'],
    ],
    [
      'do not end at abbreviations or initials',
      'Ask Dr. Smith or J. Doe, e.g. by mail. Then wait.',
      ['Ask Dr. Smith or J. Doe, e.g. by mail.', 'Then wait.'],
    ],
    [
      'do not end before a small letter',
      'Use etc. and so on... then stop. Done.',
      ['Use etc. and so on... then stop.', 'Done.'],
    ],
    ['end at a number', 'The limit is 25. More is refused.', ['The limit is 25.', 'More is refused.']],
    ['keep the number of a list item with it', '1. Ask first.\n2. Then go.', ['1. Ask first.', '2. Then go.']],
    [
      'take closing quotes, brackets and marks along',
      'He said "no." (See 2.) Fine. [1][2, 3] Next.',
      ['He said "no."', '(See 2.)', 'Fine. [1][2, 3]', 'Next.'],
    ],
    [
      'end at new lines, but not where a line goes on',
      'A title\nA line that\ngoes on.',
      ['A title', 'A line that\ngoes on.'],
    ],
    [
      'of scripts without spaces end at their own marks',
      '休暇は25日です。三月に終わります。',
      ['休暇は25日です。', '三月に終わります。'],
    ],
  ])('%s', (_name, text, expected) => expect(split(text)).toEqual(expected));

  it('without an end are cut, and never in the middle of a character', () => {
    const pieces = split('😀'.repeat(3_000));
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) expect(piece).not.toMatch(/\p{Cs}/u);
  });

  it('are the same wherever the text was cut while it was written, and miss nothing', () => {
    const piece = fc.constantFrom(
      'Leave',
      ' is',
      ' 25',
      '.',
      '. ',
      '! ',
      ' [1]',
      '[2, 3]',
      '\n',
      '\n\n',
      ' e.g.',
      '。',
      '"',
      ')',
      ' Dr.',
      '😀',
      '…',
      ' a',
      ' B',
      '1.',
      '[',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(12), { maxLength: 60 }), (pieces, cuts) => {
        const text = pieces.join('');
        const stream = new SentenceStream();
        const written = [];
        let from = 0;
        for (const cut of cuts) {
          written.push(...stream.push(text.slice(from, from + cut)));
          from += cut;
        }
        written.push(...stream.push(text.slice(from)), ...stream.end());
        expect(written.map((each) => each.text)).toEqual(split(text));
        expect(written.map(({ lead, text: own }) => lead + own).join('')).toBe(text.trimEnd());
      }),
      { numRuns: 500 },
    );
  });
});
