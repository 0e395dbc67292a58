import { strToU8, Zip, ZipDeflate, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parseDocx } from './docx.ts';

const WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

const text = (words: string, style = '') =>
  `<w:p>${style && `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t>${words}</w:t></w:r></w:p>`;
const row = (cells: readonly string[], properties = '') =>
  `<w:tr>${properties}${cells.map((cell) => `<w:tc>${text(cell)}</w:tc>`).join('')}</w:tr>`;
const styled = (id: string, name: string) =>
  `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/></w:style>`;

function parts(body: string, before = ''): Record<string, Uint8Array> {
  const files = {
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${MAIN}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${MAIN}.styles+xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/_rels/document.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    'word/styles.xml': `<w:styles ${WORD}>${styled('T', 'Title')}${styled('H2', 'heading 2')}${styled('Q', 'Quote')}</w:styles>`,
    'word/document.xml': `${before}<w:document ${WORD}><w:body>${body}</w:body></w:document>`,
  };
  return Object.fromEntries(Object.entries(files).map(([name, xml]) => [name, strToU8(xml)]));
}

const source = (bytes: Uint8Array) => ({ bytes, mediaType: '', name: 'a.docx' });

async function blocksOf(bytes: Uint8Array) {
  const { text: whole, blocks } = await parseDocx(source(bytes));
  return blocks.map(({ kind, level, start, end }) => [kind + (level ?? ''), whole.slice(start, end)]);
}

/** Written front to back, with the sizes after the data, as some office programs do. */
function streamed(files: Record<string, Uint8Array>): Uint8Array {
  const written: Uint8Array[] = [];
  const zip = new Zip((error, piece) => {
    if (error !== null) throw error;
    written.push(piece);
  });
  for (const [name, bytes] of Object.entries(files)) {
    const file = new ZipDeflate(name);
    zip.add(file);
    file.push(bytes, true);
  }
  zip.end();
  return new Uint8Array(Buffer.concat(written));
}

describe('A Word document', () => {
  it('keeps its title, headings, quotes and the names of its columns', async () => {
    const header = '<w:trPr><w:tblHeader/></w:trPr>';
    const files = parts(
      text('Handbook', 'T') +
        text('Travel', 'H2') +
        text('Take trains.', 'Q') +
        `<w:tbl>${row(['City', 'Rate'], header)}${row(['Rome', '90'])}</w:tbl>`,
    );
    for (const bytes of [zipSync(files), streamed(files)]) {
      expect(await blocksOf(bytes)).toEqual([
        ['heading1', 'Handbook'],
        ['heading2', 'Travel'],
        ['quote', 'Take trains.'],
        ['table-row', 'City: Rome; Rate: 90'],
      ]);
      expect((await parseDocx(source(bytes))).title).toBe('Handbook');
    }
  });

  it('whose markup is in its words shows them as words', async () => {
    expect(await blocksOf(zipSync(parts(text('&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;'))))).toEqual([
      ['paragraph', '<script>alert(1)</script> &amp;'],
    ]);
  });

  it('does not read files of this machine, nor grow by its entities', async () => {
    const entities =
      '<!DOCTYPE w [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>';
    const read = await parseDocx(source(zipSync(parts(text('x &f; &b;'), entities)))).then(
      ({ text: whole }) => whole,
      (error: Error) => error.message,
    );
    expect(read).not.toContain('root:');
    expect(read.length).toBeLessThan(200);
  });

  it.each([
    [
      'of too many files',
      () => Object.fromEntries(Array.from({ length: 2_001 }, (_, index) => [`word/${index}.xml`, new Uint8Array()])),
    ],
    ['of which one inflates to far more than it is', () => ({ 'word/document.xml': new Uint8Array(12_000_000) })],
    [
      'of which all together do',
      () =>
        Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`word/${index}.xml`, new Uint8Array(400_000)])),
    ],
  ])('%s is refused before it is read', async (_what, files) => {
    await expect(parseDocx(source(zipSync(files())))).rejects.toMatchObject({ code: 'request_too_large' });
  });

  it('that is cut off anywhere is refused in words, or read', async () => {
    const whole = zipSync(parts(text('whole')));
    for (let length = 4; length < whole.length; length += 97)
      await parseDocx(source(whole.subarray(0, length))).catch((error: unknown) =>
        expect(error).toMatchObject({ code: 'invalid_request' }),
      );
  });
});
