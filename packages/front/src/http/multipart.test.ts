import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMultipart } from './multipart.ts';
import { parsePartHeader } from './part-header.ts';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let from = 0, n = 0; from < bytes.byteLength; n++) {
    const size = sizes[n % sizes.length] ?? bytes.byteLength;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

async function readAll(contentType: string | undefined, body: Uint8Array, sizes: readonly number[] = []) {
  const parts: { name: string; filename?: string; contentType?: string; bytes: Buffer }[] = [];
  for await (const { body: content, ...header } of readMultipart(contentType, cut(body, sizes))) {
    const bytes: Uint8Array[] = [];
    for await (const part of content) bytes.push(part);
    parts.push({ ...header, bytes: Buffer.concat(bytes) });
  }
  return parts;
}

const form = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));
const TYPE = 'multipart/form-data; boundary=b';

describe('a form', () => {
  it('is read as any writer of forms makes it, wherever the network cuts it', async () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'B', 'ä', ' ', '"', '.'), minLength: 1, maxLength: 10 });
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // Nearly a delimiter, again and again.
      fc
        .array(fc.constantFrom('\r', '\n', '-', '\r\n--', '\r\n------'), { maxLength: 30 })
        .map((all) => Buffer.from(all.join(''))),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, content, fc.boolean()), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        async (fields, sizes) => {
          const data = new FormData();
          for (const [key, bytes, isFile] of fields)
            if (isFile) data.append(key, new Blob([Uint8Array.from(bytes)], { type: 'text/x' }), `${key}.txt`);
            else
              data.append(
                key,
                Buffer.from(bytes)
                  .toString('latin1')
                  .replace(/[^a-z]/g, ''),
              );
          const request = new Response(data);
          const body = new Uint8Array(await request.arrayBuffer());
          const parts = await readAll(request.headers.get('content-type') ?? '', body, sizes);
          expect(parts).toHaveLength(fields.length);
          fields.forEach(([key, bytes, isFile], n) => {
            expect(parts[n]!.name).toBe(key);
            expect(parts[n]!.filename).toBe(isFile ? `${key}.txt` : undefined);
            if (isFile) expect(parts[n]!.bytes.equals(Buffer.from(bytes))).toBe(true);
          });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('may have words around it, blanks after a delimiter, empty parts and none at all', async () => {
    const text = form(
      'preamble\n--b  \nContent-Disposition: form-data; name="a"\n\n\n--b\nContent-Disposition: form-data; name=c\n\nd\n--b--\nepilogue',
    );
    expect(await readAll(TYPE, text)).toMatchObject([
      { name: 'a', bytes: Buffer.from('') },
      { name: 'c', bytes: Buffer.from('d') },
    ]);
    expect(await readAll(TYPE, form('--b--\n'))).toEqual([]);
  });

  it('skips what a reader leaves of a part', async () => {
    const text = form(
      '--b\nContent-Disposition: form-data; name="a"\n\nleft\n--b\nContent-Disposition: form-data; name="c"\n\nd\n--b--',
    );
    const names: string[] = [];
    for await (const { name } of readMultipart(TYPE, cut(text, [3]))) names.push(name);
    expect(names).toEqual(['a', 'c']);
  });

  const part = '--b\nContent-Disposition: form-data; name="a"\n\nx\n';
  it.each([
    ['no form', 'application/json', part],
    ['no boundary', 'multipart/form-data', part],
    ['no end', TYPE, part],
    ['an end within a header', TYPE, '--b\nContent-Dis'],
    ['nothing', TYPE, ''],
    ['a part without a name', TYPE, '--b\nContent-Disposition: form-data\n\nx\n--b--'],
    ['words after a delimiter', TYPE, '--b words\n\nx\n--b--'],
    ['a header without end', TYPE, `--b\nA: ${'x'.repeat(20_000)}`],
    ['a preamble without end', TYPE, 'x'.repeat(70_000)],
    ['a delimiter line without end', TYPE, `--b${' '.repeat(70_000)}`],
    ['many parts', TYPE, `${part.repeat(33)}--b--`],
  ])('of %s is refused', async (_, type, text) => {
    await expect(readAll(type, form(text))).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('the header of a part', () => {
  it.each([
    ['name="file"; filename="a.txt"', 'a.txt'],
    ['name="file"; filename="C:\\dir\\a.txt"', 'a.txt'],
    ['name="file"; filename="../../etc/passwd"', 'passwd'],
    ['name="file"; filename="say \\"hi\\".txt"', 'say "hi".txt'],
    ['name="file"; filename="say %22hi%22.txt"', 'say "hi".txt'],
    ['name="file"; filename="x.txt"; filename*=UTF-8\'\'gr%C3%BC%C3%9Fe.txt', 'grüße.txt'],
    ['name="file"; filename="x.txt"; filename*=UTF-8\'\'%ff', 'x.txt'],
    ['name="file"; filename=""', ''],
  ])('with %s names the file %j', (parameters, filename) => {
    const header = parsePartHeader(`Content-Disposition: form-data; ${parameters}\r\nContent-Type: text/plain`);
    expect(header).toEqual({ name: 'file', filename, contentType: 'text/plain' });
  });
});
