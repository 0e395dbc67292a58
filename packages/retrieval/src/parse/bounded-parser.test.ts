import { strToU8, zipSync } from 'fflate';
import PDFDocument from 'pdfkit';
import { afterAll, describe, expect, it } from 'vitest';
import { createBoundedParser } from './bounded-parser.ts';
import { slowPage } from './testing/slow-page.ts';

const { signal } = new AbortController();
const parser = createBoundedParser({ timeoutMs: 30_000 });
afterAll(() => parser.close());

const parse = (name: string, content: string | Uint8Array, mediaType = 'application/octet-stream') =>
  parser.parse(
    { name, mediaType, bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content },
    { signal },
  );

async function blocksOf(name: string, content: string | Uint8Array) {
  const { text, blocks } = await parse(name, content);
  return blocks.map(({ kind, level, start, end }) => [kind + (level ?? ''), text.slice(start, end)]);
}

function pdf(write: (document: InstanceType<typeof PDFDocument>) => void, options = {}): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const document = new PDFDocument(options);
    const parts: Buffer[] = [];
    document
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', () => resolve(new Uint8Array(Buffer.concat(parts))));
    write(document);
    document.end();
  });
}

function docx(body: string): Uint8Array {
  const types =
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>';
  const rels =
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>';
  const xml = `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`;
  return zipSync({
    '[Content_Types].xml': strToU8(types),
    '_rels/.rels': strToU8(rels),
    'word/document.xml': strToU8(xml),
  });
}
const run = (text: string, style = '') => `<w:p>${style}<w:r><w:t>${text}</w:t></w:r></w:p>`;

describe('reads', () => {
  it('Markdown', async () => {
    const source =
      '---\ntitle: Rules\n---\n# Leave\n\nAsk *early*.\n\n- one\n- two\n\n| Grade | Days |\n|---|---|\n| A | 25 |\n\n<b>x</b>\n\n```\ncode  here\n```\n';
    expect((await parse('a.md', source)).title).toBe('Rules');
    expect(await blocksOf('a.md', source)).toEqual([
      ['heading1', 'Leave'],
      ['paragraph', 'Ask early.'],
      ['list-item', 'one'],
      ['list-item', 'two'],
      ['table-row', 'Grade: A; Days: 25'],
      ['paragraph', 'x'],
      ['code', 'code  here'],
    ]);
  });

  it('HTML, without what nobody reads of it', async () => {
    const source =
      '<html><head><title>Page</title></head><body><nav>Home</nav><h2>Travel</h2><p>By <b>train</b>.</p><p hidden>no</p><script>no()</script><table><tr><th>City</th><th>Rate</th></tr><tr><td>Rome</td><td>90</td></tr></table></body></html>';
    expect((await parse('a.html', source)).title).toBe('Page');
    expect(await blocksOf('a.html', source)).toEqual([
      ['heading2', 'Travel'],
      ['paragraph', 'By train.'],
      ['table-row', 'City: Rome; Rate: 90'],
    ]);
  });

  it('CSV, JSON, JSON lines and text', async () => {
    expect(await blocksOf('a.csv', 'Name;Floor\n"Ann; B";3\n')).toEqual([['record', 'Name: Ann; B\nFloor: 3']]);
    expect(await blocksOf('a.json', '[{"a":{"b":1},"c":["x","y"]}]')).toEqual([['record', 'a.b: 1\nc: x\nc: y']]);
    expect(await blocksOf('a.jsonl', '{"a":1}\n\n{"a":2}')).toEqual([
      ['record', 'a: 1'],
      ['record', 'a: 2'],
    ]);
    expect(await blocksOf('a.txt', 'One\r\ntwo.\r\n\r\nThree.')).toEqual([
      ['paragraph', 'One\ntwo.'],
      ['paragraph', 'Three.'],
    ]);
    expect(await blocksOf('a.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9))).toEqual([['paragraph', 'café']]);
  });

  it('Word documents', async () => {
    const style = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>';
    const blocks = await blocksOf('a.docx', docx(run('Expenses', style) + run('Keep every receipt.')));
    expect(blocks.at(-1)).toEqual(['paragraph', 'Keep every receipt.']);
    expect(blocks[0]?.[1]).toBe('Expenses');
  });

  it('PDFs: pages, headings by size, no page numbers', async () => {
    const bytes = await pdf((document) => {
      for (let page = 1; page <= 4; page++) {
        if (page > 1) document.addPage();
        document
          .fontSize(20)
          .text(`Chapter ${['one', 'two', 'three', 'four'][page - 1]}`)
          .moveDown();
        document.fontSize(11).text(`The rule of page ${page} is kept in the archive.`);
        document.text(`Handbook, page ${page}`, 72, 700);
      }
    });
    const parsed = await parse('a.pdf', bytes);
    expect(parsed.pages).toBe(4);
    expect(parsed.text).not.toContain('Handbook, page');
    expect(
      parsed.blocks.filter(({ page }) => page === 3).map(({ start, end }) => parsed.text.slice(start, end)),
    ).toEqual(['Chapter three', 'The rule of page 3 is kept in the archive.']);
    expect(parsed.blocks[0]?.kind).toBe('heading');
  });
});

describe('costs itself one clear error, and the next document is read', () => {
  const next = async () => expect(await blocksOf('next.txt', 'Still here.')).toEqual([['paragraph', 'Still here.']]);

  it.each([
    ['a broken PDF', 'x.pdf', '%PDF-1.7 nothing of the kind', /broken/],
    ['a file that is called a PDF', 'x.pdf', 'plain text', /is none/],
    ['an archive', 'x.zip', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), /Send PDF/],
    ['a broken Word document', 'x.docx', Uint8Array.of(0x50, 0x4b, 3, 4, 1, 2, 3), /broken/],
    ['broken JSON', 'x.json', '{"a":', /no valid JSON/],
    ['JSON nested too deep', 'x.json', '['.repeat(2_000) + ']'.repeat(2_000), /nested|broken/],
    ['an unknown binary', 'x.bin', Uint8Array.of(1, 2, 0, 4), /Send PDF/],
  ])('%s', async (_what, name, content, words) => {
    await expect(parse(name, content)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(words),
    });
    await next();
  });

  it('an encrypted PDF, and one of pictures', async () => {
    const secret = await pdf((document) => document.text('x'), { userPassword: 'secret' });
    await expect(parse('x.pdf', secret)).rejects.toThrow(/encrypted/);
    const picture = await pdf((document) => document.rect(10, 10, 50, 50).fill());
    await expect(parse('x.pdf', picture)).rejects.toThrow(/OCR/);
    await next();
  });

  it('a Word document that inflates to far more than it is', async () => {
    const bomb = zipSync({ 'word/document.xml': new Uint8Array(60_000_000) }, { level: 6 });
    expect(bomb.length).toBeLessThan(100_000);
    await expect(parse('bomb.docx', bomb)).rejects.toMatchObject({ code: 'request_too_large' });
    await next();
  });

  it('a page nested without end', async () => {
    await parse('deep.html', `${'<div>'.repeat(100_000)}deep`).catch((error: unknown) =>
      expect(error).toMatchObject({ code: 'invalid_request' }),
    );
    await next();
  });

  it('one that takes too long or too much, and one over the size', async () => {
    const strict = createBoundedParser({ timeoutMs: 100, maxBytes: 10_000_000 });
    await expect(strict.parse(slowPage(), { signal })).rejects.toThrow(/longer than/);
    await expect(
      strict.parse({ name: 'a.txt', mediaType: '', bytes: new Uint8Array(10_000_001) }, { signal }),
    ).rejects.toThrow(/Split it/);
    await strict.close();
    const small = createBoundedParser({ memoryBytes: 150_000_000, timeoutMs: 30_000 });
    const large = new TextEncoder().encode(`[${'{"a":1},'.repeat(3_000_000)}{}]`);
    await expect(small.parse({ name: 'a.json', mediaType: '', bytes: large }, { signal })).rejects.toThrow(/memory/);
    await small.close();
  });

  it('random bytes of every kind', async () => {
    let state = 7;
    const random = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16;
    for (const start of ['%PDF-1.4\n', 'PK\u0003\u0004', '<html>', '{', '', '# ', 'a,b\n'])
      for (const name of ['x.pdf', 'x.docx', 'x.html', 'x.json', 'x.md', 'x.csv', 'x.txt']) {
        const bytes = Uint8Array.from({ length: 600 }, () => random() & 0xff);
        bytes.set(Buffer.from(start, 'latin1'));
        await parse(name, bytes).catch((error: unknown) => expect(error).toHaveProperty('code'));
      }
    await next();
  });
});
