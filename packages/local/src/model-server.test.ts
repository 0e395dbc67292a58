import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startModelServer, type ModelServer } from './model-server.ts';
import { DEFAULT_CACHE_DIR } from './start-local.ts';
import { locateWeights } from './weights/locate-weights.ts';
import { SMOLLM2_135M } from './weights/manifest.ts';

const { signal } = new AbortController();
let server: ModelServer;
let path: string;
beforeAll(async () => {
  ({ path } = await locateWeights({ cacheDir: DEFAULT_CACHE_DIR }));
  server = await startModelServer({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

const status = async (route: string) => (await fetch(`${server.url}${route}`)).status;
const serve = (modelId: string, file = path) =>
  server.serve(
    { path: file, sha256: SMOLLM2_135M.sha256, modelId, contextTokens: 256, sequences: 1, threads: 1 },
    signal,
  );
const ask = async (model: string) => {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 4, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  return response.status;
};

describe('a model server', () => {
  it('lives before it has a model, and is not ready', async () => {
    expect(await status('/live')).toBe(200);
    expect(await status('/health')).toBe(503);
    expect(await ask('one')).toBe(503);
  });

  it('serves one model after the other where it listens, and says by which weights', async () => {
    await serve('one');
    expect(await ask('one')).toBe(200);
    await serve('two');
    expect(await ask('two')).toBe(200);
    expect(await ask('one')).toBe(404);
    const health = (await (await fetch(`${server.url}/health`)).json()) as object;
    expect(health).toMatchObject({ status: 'ok', model: 'two', weights: [SMOLLM2_135M.sha256] });
  });

  it('takes no weights that are not those it was told of, and goes on with what it has', async () => {
    await expect(serve('three', fileURLToPath(import.meta.url))).rejects.toThrow(/damaged/);
    expect(await ask('two')).toBe(200);
  });
});
