import { describe, expect, it } from 'vitest';
import { parseCsv } from './csv.ts';
import { readDocument } from './testing/read-document.ts';

const read = async (source: string) => (await readDocument(parseCsv, source)).blocks.map(([, text]) => text);

describe('A table of values', () => {
  it.each([
    ['commas', 'Name,Floor\nAnn,3\n'],
    ['semicolons', 'Name;Floor\r\nAnn;3'],
    ['tabs', 'Name\tFloor\nAnn\t3'],
    ['bars', 'Name|Floor\nAnn|3'],
    ['what Excel says', 'sep=|\r\nName|Floor\r\nAnn|3'],
    ['a mark and old line ends', '\ufeffName,Floor\rAnn,3\r'],
  ])('is read by %s', async (_what, source) => expect(await read(source)).toEqual(['Name: Ann\nFloor: 3']));

  it.each([
    ['in quotes', '"Name, first, last";Floor\n"Ann, B, C";3', ['Name, first, last: Ann, B, C\nFloor: 3']],
    ['of some lines', 'Name, first, last;Floor\nAnn;3', ['Name, first, last: Ann\nFloor: 3']],
  ])('takes no delimiter %s for its own', async (_what, source, expected) =>
    expect(await read(source)).toEqual(expected),
  );

  it('has quotes and line ends in its cells, and rows too long and too short', async () => {
    expect(await read('A,B\n"say ""yes""\nnow",\n1,2,3\n\n4\n5" wide,6')).toEqual([
      'A: say "yes"\nnow',
      'A: 1\nB: 2\n3',
      'A: 4',
      'A: 5" wide\nB: 6',
    ]);
  });

  it('of one row or none has that', async () => {
    expect(await read('Name,,Floor')).toEqual(['Name; Floor']);
    expect(await read('\n\n')).toEqual([]);
  });

  it('with a quote that never ends is refused, in words without its own', async () => {
    await expect(read('A,B\n"secret,1\n2,3')).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'The CSV file is broken. Check its quotes.',
    });
  });
});
