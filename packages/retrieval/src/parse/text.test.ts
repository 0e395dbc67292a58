import { describe, expect, it } from 'vitest';
import { readDocument } from './testing/read-document.ts';
import { parseText } from './text.ts';

const read = async (content: string | Uint8Array) =>
  (await readDocument(parseText, content)).blocks.map(([, text]) => text);
const utf16 = (text: string, swap: boolean) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return new Uint8Array(swap ? bytes.swap16() : bytes);
};

describe('Text', () => {
  it('has a paragraph to each blank line, whatever ends its lines, and to each page', async () => {
    expect(await read('One\nmore.\n \t\nTwo.\r\n\r\n\r\nThree.\rmore\r\rFour.\fFive.')).toEqual([
      'One\nmore.',
      'Two.',
      'Three.\nmore',
      'Four.',
      'Five.',
    ]);
  });

  it.each([
    ['UTF-8 with a mark', new TextEncoder().encode('\ufeffGrüße €')],
    ['UTF-16, little end first', utf16('Grüße €', false)],
    ['UTF-16, big end first', utf16('Grüße €', true)],
    ['windows-1252', Uint8Array.of(0x47, 0x72, 0xfc, 0xdf, 0x65, 0x20, 0x80)],
  ])('is read from %s', async (_what, bytes) => expect(await read(bytes)).toEqual(['Grüße €']));

  it('of windows-1252 keeps its quotes and dashes', async () => {
    const bytes = Uint8Array.of(0x93, 0x80, 0x94, 0x20, 0x96, 0x97, 0x20, 0x91, 0x9f, 0x92);
    expect(await read(bytes)).toEqual(['“€” –— ‘Ÿ’']);
  });

  it('of UTF-8 that was cut off in the middle of a character stays UTF-8', async () => {
    expect(await read(new TextEncoder().encode('Grüße €').subarray(0, -1))).toEqual(['Grüße \ufffd']);
  });

  it('that is empty has no blocks and no title', async () => {
    expect(await readDocument(parseText, ' \r\n\t\n')).toEqual({ title: undefined, blocks: [] });
  });
});
