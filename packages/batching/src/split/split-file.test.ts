import { BatchLine } from '@plinth/contracts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRequest } from './check-line.ts';
import { MemoryObjects } from '../testing/memory-objects.ts';
import { splitFile, type SplitOptions } from './split-file.ts';

const request = (id: string, over: Record<string, unknown> = {}) =>
  JSON.stringify({
    custom_id: id,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'small', messages: [{ role: 'user', content: `Say ${id}` }] },
    ...over,
  });

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

function split(file: string | Uint8Array, options: Partial<SplitOptions> & { chunk?: number } = {}) {
  const objects = new MemoryObjects();
  const { chunk = 7, ...rest } = options;
  const result = splitFile(chunked(Buffer.from(file as string), chunk), {
    batchId: 'batch_1',
    endpoint: '/v1/chat/completions',
    knowsModel: (name) => name === 'small' || name === 'large',
    objects,
    shardKey: (number) => `batches/1/${number}`,
    ...rest,
  });
  return result.then((result) => ({ ...result, objects }));
}

const errorsOf = async (file: string | Uint8Array, options: Partial<SplitOptions> = {}) => {
  const { errors, shards, objects } = await split(file, options);
  expect(shards).toEqual([]);
  expect([...objects.keys()]).toEqual([]);
  return errors;
};

describe('cutting a file', () => {
  it('puts its lines into shards, in order, each with as many records as it may have', async () => {
    const lines = ['a', 'b', 'c', 'd', 'e'].map((id) => request(id));
    const { shards, objects, records, model } = await split(lines.join('\n'), { recordsPerShard: 2 });
    expect({ records, model }).toEqual({ records: 5, model: 'small' });
    expect(shards.map(({ number, records, key }) => [number, records, key])).toEqual([
      [0, 2, 'batches/1/0'],
      [1, 2, 'batches/1/1'],
      [2, 1, 'batches/1/2'],
    ]);
    expect(objects.text('batches/1/0')).toBe(`${lines[0]}\n${lines[1]}\n`);
    expect(objects.text('batches/1/2')).toBe(`${lines[4]}\n`);
  });

  it('writes no empty shard when the last one is full', async () => {
    const { shards } = await split(`${request('a')}\n${request('b')}\n`, { recordsPerShard: 1 });
    expect(shards).toHaveLength(2);
  });

  it('takes a byte order mark, CRLF, blank lines and a last line without an end', async () => {
    const file = `\ufeff${request('a')}\r\n\r\n  \t\n${request('b')}\r\n\n${request('é😀')}`;
    const { shards, objects, errors } = await split(file);
    expect(errors).toEqual([]);
    expect(shards).toMatchObject([{ records: 3 }]);
    expect(objects.text('batches/1/0')).toBe(`${request('a')}\n${request('b')}\n${request('é😀')}\n`);
  });

  it('tells of every record as it goes by', async () => {
    const seen: string[] = [];
    await split(`${request('a')}\n${request('b')}`, { onRecord: ({ custom_id }) => seen.push(custom_id) });
    expect(seen).toEqual(['a', 'b']);
  });

  it('gives the same shards however the bytes come in', async () => {
    const ids = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(
        ids,
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 7 }),
        async (ids, chunk, count) => {
          const file = ids.map((id) => request(id)).join('\n');
          const { shards, objects, errors } = await split(file, { chunk, recordsPerShard: count });
          expect(errors).toEqual([]);
          expect(shards.map(({ key }) => objects.text(key)).join('')).toBe(`${file}\n`);
          expect(shards.map(({ records }) => records)).toEqual(
            shards.map((_, number) => Math.min(count, ids.length - number * count)),
          );
        },
      ),
    );
  });
});

describe('a mistake in a file', () => {
  it('names its line, counted with the blank ones', async () => {
    const file = [request('a'), '', '{"custom_id": "b"', request('c')].join('\n');
    expect(await errorsOf(file)).toEqual([
      { code: 'invalid_json_line', line: 3, message: 'Line 3 is not JSON.', param: null },
    ]);
  });

  it('is told of every line that has one, up to a bound', async () => {
    const file = ['nonsense', '[]', 'null', request('a')].join('\n');
    expect((await errorsOf(file)).map(({ line, code }) => [line, code])).toEqual([
      [1, 'invalid_json_line'],
      [2, 'invalid_request'],
      [3, 'invalid_request'],
    ]);
    expect(await errorsOf(file, { maxErrors: 2 })).toHaveLength(2);
  });

  it.each([
    ['no custom_id', request('a', { custom_id: undefined }), 'invalid_request', 'custom_id'],
    ['an empty custom_id', request(''), 'invalid_request', 'custom_id'],
    ['another method', request('a', { method: 'GET' }), 'invalid_request', 'method'],
    ['the route of another batch', request('a', { url: '/v1/embeddings' }), 'url_mismatch', 'url'],
    ['a route that is none', request('a', { url: '/v1/nothing' }), 'url_mismatch', 'url'],
    ['no body', request('a', { body: undefined }), 'invalid_request', 'body'],
    ['no model', request('a', { body: {} }), 'invalid_request', 'body.model'],
    ['a model that is not there', request('a', { body: { model: 'x' } }), 'model_not_found', 'body.model'],
  ])('can be %s', async (_, line, code, param) => {
    expect(await errorsOf(`${request('first')}\n${line}\n${request('last')}\n`)).toMatchObject([
      { code, line: 2, param },
    ]);
  });

  it('can be a second model', async () => {
    const file = `${request('a')}\n${request('b', { body: { model: 'large' } })}`;
    expect(await errorsOf(file)).toMatchObject([{ code: 'model_mismatch', line: 2 }]);
  });

  it('can be an id that was there before, and says where', async () => {
    const file = `${request('a')}\n${request('b')}\n${request('a')}\n`;
    const [error] = await errorsOf(file, { recordsPerShard: 1 });
    expect(error).toMatchObject({ code: 'duplicate_custom_id', line: 3, param: 'custom_id' });
    expect(error!.message).toContain('line 1');
  });

  it('can be bytes that are no UTF-8', async () => {
    const file = Buffer.concat([
      Buffer.from(`${request('a')}\n{"custom_id":"`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}\n'),
    ]);
    expect(await errorsOf(file)).toMatchObject([{ code: 'invalid_json_line', line: 2 }]);
  });

  it('can be a file that was cut in its last line', async () => {
    const [error] = await errorsOf(`${request('a')}\n${request('b').slice(0, -5)}`);
    expect(error).toMatchObject({ code: 'invalid_json_line', line: 2 });
    expect(error!.message).toContain('may have been cut');
  });

  it.each([[''], ['\n\n'], ['\ufeff']])('can be a file with nothing in it (%j)', async (file) => {
    expect(await errorsOf(file)).toMatchObject([{ code: 'empty_file', line: null }]);
  });

  it('can be too many records, of which the rest is not read', async () => {
    let read = 0;
    async function* endless() {
      for (; ; read++) yield Buffer.from(`${request(String(read))}\n`);
    }
    const { errors } = await splitFile(endless(), {
      batchId: 'batch_1',
      endpoint: '/v1/chat/completions',
      knowsModel: () => true,
      objects: new MemoryObjects(),
      shardKey: String,
      maxRecords: 10,
    });
    expect(errors).toMatchObject([{ code: 'too_many_tasks', line: 11 }]);
    expect(read).toBeLessThan(20);
  });

  it('can be a line of 2 GB, of which nothing is kept', async () => {
    const piece = Buffer.alloc(8 * 1024 * 1024, 'x');
    let held = 0;
    async function* longLine() {
      yield Buffer.from(`${request('a')}\n`);
      for (let index = 0; index < 256; index++) {
        yield piece;
        held = Math.max(held, process.memoryUsage().arrayBuffers);
      }
      yield Buffer.from(`\n${request('b')}\n`);
    }
    const before = process.memoryUsage().arrayBuffers;
    const { errors } = await splitFile(longLine(), {
      batchId: 'batch_1',
      endpoint: '/v1/chat/completions',
      knowsModel: () => true,
      objects: new MemoryObjects(),
      shardKey: String,
    });
    expect(errors).toMatchObject([{ code: 'invalid_request', line: 2 }]);
    expect(errors[0]!.message).toContain('longer than 4194304 bytes');
    expect(held - before).toBeLessThan(32 * 1024 * 1024);
  });

  it('does not quote what a line says', async () => {
    const [error] = await errorsOf(`secret words\n`);
    expect(error!.message).not.toContain('secret');
  });
});

it('takes for a request what the schema takes for one', () => {
  const text = fc.oneof(
    fc.constantFrom('', 'POST', '/v1/embeddings', 'x'.repeat(256), 'x'.repeat(257), 'x'.repeat(513)),
    fc.string(),
  );
  const value = fc.oneof(text, fc.constantFrom(null, [], 1, true, undefined));
  const body = fc.oneof(value, fc.record({ model: value, more: value }, { requiredKeys: [] }));
  const line = fc.record(
    {
      custom_id: value,
      method: fc.oneof(fc.constant('POST'), value),
      url: fc.oneof(fc.constantFrom('/v1/chat/completions', '/v1/embeddings'), value),
      body,
      more: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: line }, value), (line) => {
      expect(isRequest(line)).toBe(BatchLine.safeParse(line).success);
    }),
    { numRuns: 1_000 },
  );
});
