import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlText, parseHtml } from './html.ts';

function blocksOf(source: string) {
  const { text, blocks } = htmlText(source);
  return blocks.map(({ kind, level, start, end }) => [kind + (level ?? ''), text.slice(start, end)]);
}

describe('A page', () => {
  it('is read as its blocks, and the ends of its source lines mean nothing', () => {
    expect(
      blocksOf(
        '<h1>A\n b</h1>one\n<b>two</b><br>three<ul><li>x<ul><li>y</ul></ul><blockquote><p>q</p></blockquote><pre>a\n  b</pre>',
      ),
    ).toEqual([
      ['heading1', 'A b'],
      ['paragraph', 'one two\nthree'],
      ['list-item', 'x'],
      ['list-item', 'y'],
      ['quote', 'q'],
      ['code', 'a\n  b'],
    ]);
  });

  it('whose framework puts all of it into a form is read', () => {
    expect(blocksOf('<form><div>Body<input value="no"><select><option>no</select></div></form>')).toEqual([
      ['paragraph', 'Body'],
    ]);
  });

  it('does not show what it hides', () => {
    const hidden = [
      '<p hidden>no</p>',
      '<p style="display: none">no</p>',
      '<i aria-hidden=true>no</i>',
      '<template>no</template>',
      '<noscript>no</noscript>',
      '<aside>no</aside>',
      '<footer>no</footer>',
      '<script>no</script>',
      '<!-- no -->',
    ];
    expect(
      blocksOf(
        hidden.join('') + '<table><tr><td>yes <span hidden>no</span></td></tr><tr hidden><td>no</td></tr></table>',
      ),
    ).toEqual([['table-row', 'yes']]);
  });

  it('with more blocks beside one another than a call has arguments is read', () => {
    const { blocks } = htmlText('<body>' + '<p>x'.repeat(200_000));
    expect(blocks).toHaveLength(200_000);
  });

  it('nested deep is read, and nested without end is refused', () => {
    expect(blocksOf('<div>'.repeat(4_000) + 'deep')).toEqual([['paragraph', 'deep']]);
    expect(() => htmlText('<div>'.repeat(6_000))).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringMatching(/nested/) }),
    );
  });

  it('of any characters is slices of its canonical text, in order, without markup of its own', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '<p>',
        '</p>',
        '<table>',
        '<td>',
        '<h2>',
        '<li>',
        '<script>',
        '</script>',
        '<',
        '&lt;',
        '\u0000',
        '\ud800',
        '<!--',
        '<svg><p>',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { text, blocks } = parseHtml({
          bytes: new TextEncoder().encode(pieces.join('')),
          mediaType: 'text/html',
          name: 'x',
        });
        let end = 0;
        for (const block of blocks) {
          expect(block.start).toBeGreaterThanOrEqual(end);
          expect(text.slice(block.start, block.end).trim()).not.toBe('');
          end = block.end;
        }
        expect(end).toBe(text.length);
      }),
    );
  });
});

describe('A table', () => {
  it('gives rows that name their columns, with its caption before them', () => {
    expect(
      blocksOf(
        '<table><caption>Rates</caption><thead><tr><td>City<td>Rate</thead><tr><td><p>Rome</p><p>Italy</p><td>90<tr><th>Bonn<td></table>',
      ),
    ).toEqual([
      ['paragraph', 'Rates'],
      ['table-row', 'City: Rome Italy; Rate: 90'],
      ['table-row', 'City: Bonn'],
    ]);
  });

  it('without a line of names, or of nothing else, loses no words', () => {
    expect(blocksOf('<table><tr><td>a<td>b</table>')).toEqual([['table-row', 'a; b']]);
    expect(blocksOf('<table><tr><th>a<th>b<tr><th>c<th>d</table>')).toEqual([
      ['table-row', 'a; b'],
      ['table-row', 'c; d'],
    ]);
  });

  it('that only places things on the page is read as those', () => {
    expect(blocksOf('<table><tr><td><h2>News</h2><p>One.<td><table><tr><th>K<tr><td>v</table></table>')).toEqual([
      ['heading2', 'News'],
      ['paragraph', 'One.'],
      ['table-row', 'K: v'],
    ]);
  });
});
