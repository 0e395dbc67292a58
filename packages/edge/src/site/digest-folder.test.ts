import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DigestFolder } from './digest-folder.ts';

const CONTENT = Buffer.from('some weights');
const digest = { sha256: createHash('sha256').update(CONTENT).digest('hex'), bytes: CONTENT.byteLength };
const { signal } = new AbortController();
const of = (...chunks: string[]) =>
  (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  })();

let path: string;
let folder: DigestFolder;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'plinth-digests-'));
  folder = new DigestFolder({ folder: path, reserveBytes: 0, silenceMs: 50 });
});
afterEach(() => rm(path, { recursive: true }));

describe('a folder of files by their digests', () => {
  it('has a file once it is whole, and asks for it no more', async () => {
    expect(await folder.missing([digest])).toEqual([digest]);
    await folder.fetch('It', digest, async () => of('some ', 'weights'), signal);
    expect(await readFile(folder.path(digest.sha256))).toEqual(CONTENT);
    expect(await folder.missing([digest])).toEqual([]);
    await folder.keepOnly([]);
    expect(await readdir(path)).toEqual([]);
  });

  it.each([
    ['truncated', ['some ']],
    ['tampered', ['some weightS']],
    ['tampered', ['some ', 'weights and ', 'more']],
  ])('keeps nothing of one that is %s', async (reason, chunks) => {
    await expect(folder.fetch('It', digest, async () => of(...chunks), signal)).rejects.toMatchObject({ reason });
    expect(await readdir(path)).toEqual([]);
  });

  it('gives up one of which nothing more comes, and keeps what came', async () => {
    const silent = async (_: number, stop: AbortSignal) =>
      (async function* () {
        yield Buffer.from('some ');
        await new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason as Error)));
      })();
    await expect(folder.fetch('It', digest, silent, signal)).rejects.toMatchObject({ code: 'upstream_timeout' });
    const from: number[] = [];
    const rest = async (at: number) => {
      from.push(at);
      return of('weights');
    };
    await folder.fetch('It', digest, rest, signal);
    expect(from).toEqual([5]);
  });

  it('asks for nothing of one that was whole when the process ended before it had its name', async () => {
    const broken = async () =>
      (async function* () {
        yield CONTENT;
        throw new Error('The link broke.');
      })();
    await expect(folder.fetch('It', digest, broken, signal)).rejects.toThrow('The link broke.');
    await folder.fetch('It', digest, () => Promise.reject(new Error('Not asked.')), signal);
    expect(await folder.missing([digest])).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('on a disk that is full says so, and gives back what it took', async () => {
    await symlink('/dev/full', `${folder.path(digest.sha256)}.partial`);
    const fetched = folder.fetch('It', digest, async () => of('some weights'), signal);
    await expect(fetched).rejects.toMatchObject({ code: 'disk_full', retryable: true });
    expect(await readdir(path)).toEqual([]);
  });
});
