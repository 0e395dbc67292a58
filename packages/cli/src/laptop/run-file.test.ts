import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRunFile, removeRunFile, writeRunFile, type RunFile } from './run-file.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'plinth-run-'));
});
afterEach(() => rm(state, { recursive: true }));

const run = (apiKey = 'k'): RunFile => ({ pid: process.pid, url: 'http://127.0.0.1:1', apiKey, services: [] });

describe('the run file', () => {
  it("is read back, is its owner's alone, and leaves nothing beside it", async () => {
    await writeRunFile(state, run());
    expect(await readRunFile(state)).toEqual(run());
    expect(await readdir(state)).toEqual(['run.json']);
    expect((await stat(join(state, 'run.json'))).mode & 0o777).toBe(0o600);
  });

  it('is never seen half written by one who reads while it is replaced', async () => {
    await writeRunFile(state, run('x'.repeat(200_000)));
    let writing = true;
    const writer = (async () => {
      for (let n = 0; n < 40; n++) await writeRunFile(state, run(String(n % 10).repeat(200_000)));
      writing = false;
    })();
    while (writing) expect((await readRunFile(state))?.apiKey).toMatch(/^(.)\1{199999}$/);
    await writer;
  });

  it('is absent before a start and after a stop', async () => {
    expect(await readRunFile(state)).toBeUndefined();
    await writeRunFile(state, run());
    await removeRunFile(state);
    await removeRunFile(state);
    expect(await readRunFile(state)).toBeUndefined();
  });

  it('of a process that is gone, or of another version, does not count', async () => {
    await writeRunFile(state, { ...run(), pid: 2 ** 30 });
    expect(await readRunFile(state)).toBeUndefined();
    await writeFile(join(state, 'run.json'), '{"pid":1}');
    expect(await readRunFile(state)).toBeUndefined();
  });
});
