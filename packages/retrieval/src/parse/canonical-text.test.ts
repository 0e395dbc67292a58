import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockKind } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';

function written(kind: BlockKind, text: string): string {
  const canonical = new CanonicalText();
  canonical.add(kind, text);
  return canonical.finish().text;
}

describe('Canonical text', () => {
  it.each([
    ['is composed', 'cafe\u0301', 'caf\u00e9'],
    ['is composed across what is taken out', 'cafe\u00ad\u0301', 'caf\u00e9'],
    ['has no control characters', 'a\u0000b\u0007c\u009fd', 'abcd'],
    ['has a blank for a tab, a form feed or several blanks', 'a\tb\fc \u00a0 d', 'a b c d'],
    [
      'has one kind of line end, and no empty line within a block',
      'a\r\nb\rc\u0085d\u2028e \n\n f',
      'a\nb\nc\nd\ne\nf',
    ],
    ['has no letters that nobody sees', 'a\u200b\u202eb\u2066c\ufeff\u{e0041}\u{e0042}', 'abc'],
    ['has the joiners that some scripts are spelled with', 'می\u200cخواهم', 'می\u200cخواهم'],
    ['has no half characters', 'a\ud83db\ude00c😀', 'a\ufffdb\ufffdc😀'],
  ])('%s', (_what, text, expected) => expect(written('paragraph', text)).toBe(expected));

  it('keeps the blanks of code, but for those at the end of a line', () => {
    expect(written('code', '\n  if x:\t\n\n\n      y  z\n')).toBe('  if x:\n      y  z');
  });

  it('takes as long as its code is long, also where a line is all blanks', () => {
    const started = performance.now();
    expect(written('code', `a${' '.repeat(1_000_000)}b`)).toHaveLength(1_000_002);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('leaves empty blocks out, and each block is a slice of it with one blank line between', () => {
    const block = fc.tuple(
      fc.constantFrom<BlockKind>('heading', 'paragraph', 'code', 'record'),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '\t', '\u0000', 'e', '\u0301') }),
      ),
    );
    fc.assert(
      fc.property(fc.array(block), (added) => {
        const canonical = new CanonicalText();
        for (const [kind, text] of added) canonical.add(kind, text);
        const { text, blocks } = canonical.finish();
        const slices = blocks.map(({ start, end }) => text.slice(start, end));
        expect(slices.join('\n\n')).toBe(text);
        for (const slice of slices) {
          expect(slice).not.toBe('');
          expect(slice).toBe(slice.normalize('NFC'));
          expect(slice).not.toMatch(/\n\n|\r|\p{Cs}|\s$/u);
        }
      }),
    );
  });

  it('is refused where it is longer than may be, what stands between blocks included', () => {
    const text = new CanonicalText({ characters: 10 });
    text.add('paragraph', '1234');
    text.add('paragraph', '1234');
    expect(() => text.add('paragraph', '')).not.toThrow();
    expect(() => text.add('paragraph', '1')).toThrow(expect.objectContaining({ code: 'request_too_large' }));
    expect(text.finish().text).toHaveLength(10);
  });

  it('has the title it is given, on one line, else its first heading of the first level', () => {
    const text = new CanonicalText();
    text.add('heading', 'Part', { level: 2 });
    text.add('heading', 'The\nwhole', { level: 1 });
    text.add('heading', 'Later', { level: 1 });
    expect(text.finish().title).toBe('The whole');
    expect(text.finish(' \n ').title).toBe('The whole');
    expect(text.finish(' Given\n title').title).toBe('Given title');
    expect(text.finish(`${'a'.repeat(499)}😀`).title).toBe('a'.repeat(499));
    expect(new CanonicalText().finish().title).toBeUndefined();
  });
});
