import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedObjects } from '../../objects/embedded/index.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { PartReader } from './part-reader.ts';

describe('a reader of a part', () => {
  let folder: string;
  let objects: ObjectStore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-parts-'));
    objects = await openEmbeddedObjects({ folder });
  });
  afterAll(() => rm(folder, { recursive: true }));

  const lines = ['a', 'ä'.repeat(40), '', '€\n"'.repeat(30)].map((line, index) => [
    index * 3,
    index % 2,
    1,
    2,
    3,
    line,
  ]);

  it.each([1, 7, 64, 1_000_000])('reads line by line in pieces of %i bytes', async (pieceBytes) => {
    const body = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await objects.put('parts/b/00000/1-a-0.jsonl', body, { maxBytes: 10_000 });
    const reader = new PartReader(objects, 'parts/b/00000/1-a-0.jsonl', pieceBytes);
    const read = [];
    for (await reader.next(); reader.ordinal >= 0; await reader.next()) read.push(reader.result);
    expect(read).toEqual(
      lines.map(([ordinal, failed, , , , line]) => {
        return { ordinal, failed: failed === 1, line, used: { inputTokens: 1, outputTokens: 2, nanoUsd: 3 } };
      }),
    );
  });

  it('says so when the part is not there', async () => {
    const reader = new PartReader(objects, 'parts/b/00000/1-b-0.jsonl', 10);
    await expect(reader.next()).rejects.toMatchObject({ code: 'storage_failed' });
  });
});
