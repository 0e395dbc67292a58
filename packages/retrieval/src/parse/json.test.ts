import { describe, expect, it } from 'vitest';
import { parseJson, parseJsonLines } from './json.ts';
import { readDocument } from './testing/read-document.ts';

const read = async (value: unknown) =>
  (await readDocument(parseJson, typeof value === 'string' ? value : JSON.stringify(value))).blocks.map(
    ([, text]) => text,
  );
const nested = (depth: number) => '['.repeat(depth) + '1' + ']'.repeat(depth);

describe('JSON', () => {
  it('that is a list has a record for each of its values, with paths', async () => {
    expect(await read([{ name: 'Ann', at: { floor: 3, open: false }, tags: ['a', 'b'] }, 'text', null, {}])).toEqual([
      'name: Ann\nat.floor: 3\nat.open: false\ntags: a\ntags: b',
      'text',
    ]);
  });

  it('that has lists of objects in it has a record for each, and one for what stands between', async () => {
    expect(
      await read({
        title: 'Staff',
        site: { city: 'Rome', people: [{ name: 'Ann', pets: [{ name: 'Rex' }] }, { name: 'Bo' }] },
        rooms: [1, 2],
      }),
    ).toEqual([
      'title: Staff\nsite.city: Rome',
      'site.people.name: Ann\nsite.people.pets.name: Rex',
      'site.people.name: Bo',
      'rooms: 1\nrooms: 2',
    ]);
    expect((await readDocument(parseJson, '{"title":"Staff"}')).title).toBe('Staff');
  });

  it('has long numbers as they are written, and texts as they are', async () => {
    expect(
      await read('{"iban":12345678901234567890,"t":"\\"1234567890123456789\\": 1234567890123456789","x":1.5}'),
    ).toEqual(['iban: 12345678901234567890\nt: "1234567890123456789": 1234567890123456789\nx: 1.5']);
    await expect(read('{1234567890123456789: 1}')).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('is no danger by its keys or by a string as long as it likes', async () => {
    expect(await read('{"__proto__":{"a":1},"constructor":"b"}')).toEqual(['__proto__.a: 1\nconstructor: b']);
    const long = `${'ab\\n'.repeat(1_000_000)}1234567890123456`;
    expect((await read(`["${long}"]`))[0]).toHaveLength(3_000_016);
  });

  it('is read a hundred levels deep, and refused beyond', async () => {
    expect(await read(nested(100))).toEqual(['1']);
    for (const depth of [101, 100_000])
      await expect(read(nested(depth))).rejects.toMatchObject({
        code: 'invalid_request',
        message: expect.stringMatching(/nested/),
      });
  });

  it.each(['', '{', '[1,]', "{'a':1}", 'secret'])('that is broken is refused without its words: %s', async (source) => {
    await expect(read(source)).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'The file is no valid JSON. Check it with a validator.',
    });
  });

  it('of one value is that value', async () => expect(await read('"text"')).toEqual(['text']));
});

describe('JSON lines', () => {
  it('have a record each, with a mark before them and blank lines between', async () => {
    const { blocks } = await readDocument(parseJsonLines, '\ufeff{"a":1,"b":[{"c":2},{"c":3}]}\r\n\n[4,5]\n"x"');
    expect(blocks.map(([, text]) => text)).toEqual(['a: 1\nb.c: 2\nb.c: 3', '4\n5', 'x']);
  });

  it('that are broken are refused with their number', async () => {
    await expect(readDocument(parseJsonLines, '{}\n\n{"a":')).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'Line 3 is no valid JSON.',
    });
  });
});
