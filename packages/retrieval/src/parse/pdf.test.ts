import PDFDocument from 'pdfkit';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parsePdf } from './pdf.ts';

type Pen = InstanceType<typeof PDFDocument>;

function pdf(write: (pen: Pen) => void): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const pen = new PDFDocument();
    const parts: Buffer[] = [];
    pen.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(new Uint8Array(Buffer.concat(parts))));
    write(pen);
    pen.end();
  });
}

const parse = (bytes: Uint8Array) => parsePdf({ bytes, mediaType: 'application/pdf', name: 'a.pdf' });

async function blocksOf(bytes: Uint8Array) {
  const { text, blocks } = await parse(bytes);
  return blocks.map(({ kind, level, start, end, page }) => [kind + (level ?? ''), text.slice(start, end), page]);
}

/** One page with a content stream as it is given. */
function page(stream: Uint8Array, filter: string): Uint8Array {
  const head = `%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>> endobj\n4 0 obj <</Length ${stream.length}/Filter${filter}>> stream\n`;
  return new Uint8Array(
    Buffer.concat([Buffer.from(head), stream, Buffer.from('\nendstream endobj\ntrailer <</Root 1 0 R>>')]),
  );
}

describe('A PDF', () => {
  it('gives paragraphs by distance, whatever its spacing, and its bullets as a list', async () => {
    const lines = (pen: Pen, lineGap: number) => {
      pen.fontSize(11);
      pen.text(
        'The first paragraph is long enough that it has to go on over more than one line of this page, which is what it is for.',
        { lineGap },
      );
      pen.moveDown(0.6);
      pen.text('The second follows.', { lineGap }).moveDown(0.6);
      pen.text('• one', { lineGap }).text('• two', { lineGap });
    };
    const expected = [
      [
        'paragraph',
        'The first paragraph is long enough that it has to go on over more than one line of this page, which is what it is for.',
        1,
      ],
      ['paragraph', 'The second follows.', 1],
      ['list-item', 'one', 1],
      ['list-item', 'two', 1],
    ];
    expect(await blocksOf(await pdf((pen) => lines(pen, 0)))).toEqual(expected);
    expect(await blocksOf(await pdf((pen) => lines(pen, 9)))).toEqual(expected);
  });

  it('has words whole that the end of a line divides, and hyphens that are the word’s own', async () => {
    const bytes = await pdf((pen) => pen.text('The docu-').text('ment is of Rolls-').text('Royce.'));
    expect((await parse(bytes)).text).toBe('The document is of Rolls-Royce.');
  });

  it('takes for headings what is larger than most of the text, also where there are more headings than lines', async () => {
    const bytes = await pdf((pen) => {
      for (const word of ['One', 'Two', 'Three'])
        pen.fontSize(18).text(word).fontSize(10).text(`${word} is a sentence of some length.`);
    });
    expect((await blocksOf(bytes)).map(([kind]) => kind)).toEqual([
      'heading1',
      'paragraph',
      'heading1',
      'paragraph',
      'heading1',
      'paragraph',
    ]);
  });

  it('whose stream inflates to far more than it is gives its text or an error, and no more than that', async () => {
    const bomb = deflateSync(Buffer.concat([Buffer.from('BT /F 9 Tf (small) Tj ET\n'), Buffer.alloc(30_000_000, ' ')]));
    expect(bomb.length).toBeLessThan(50_000);
    expect((await parse(page(bomb, '/FlateDecode'))).text).toBe('small');
  });

  it('with a broken stream, or cut off anywhere, is refused in words or read as far as it goes', async () => {
    const whole = await pdf((pen) => pen.text('whole'));
    for (let length = 9; length < whole.length; length += 101)
      await parse(whole.subarray(0, length)).catch((error: unknown) =>
        expect(error).toMatchObject({ code: 'invalid_request' }),
      );
    await expect(parse(page(Buffer.from('no deflate'), '/FlateDecode'))).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});
