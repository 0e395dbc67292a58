import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFolderSink } from './folder-sink.ts';

const JOURNAL = '0f8fad5b-d9cb-469f-a165-70867728950e';
const report = (number: number) => JSON.stringify({ version: 1, journal: JOURNAL, number, usage: [] });
const options = { signal: new AbortController().signal };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-reports-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a folder of reports', () => {
  it('has each once, under its number, as it was sent', async () => {
    const sink = createFolderSink(join(folder, 'there'));
    for (const number of [1, 2, 2, 10]) await sink.send(report(number), options);
    const files = (await readdir(join(folder, 'there', JOURNAL))).sort();
    expect(files).toEqual(['000000001.json', '000000002.json', '000000010.json']);
    expect(await readFile(join(folder, 'there', JOURNAL, files[2]!), 'utf8')).toBe(report(10));
  });

  it('keeps the newest, since nobody may ever come for them', async () => {
    const sink = createFolderSink(join(folder, 'kept'), { kept: 2 });
    for (const number of [1, 2, 3, 4]) await sink.send(report(number), options);
    expect((await readdir(join(folder, 'kept', JOURNAL))).sort()).toEqual(['000000003.json', '000000004.json']);
  });

  it('that cannot be written to is told as something to try again', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(createFolderSink(join(folder, 'file')).send(report(1), options)).rejects.toMatchObject({
      code: 'storage_failed',
      retryable: true,
    });
  });
});
