import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelCatalog } from '@plinth/contracts';
import { apiKeyId } from '@plinth/gateway';
import { openEmbeddedStores, type EmbeddedStores } from '@plinth/stores/embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laptopCatalog, laptopSiteCatalog } from './catalog.ts';
import { developmentKey } from './development-key.ts';

let state: string;
let stores: EmbeddedStores;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'plinth-key-'));
  stores = await openEmbeddedStores({ folder: join(state, 'data'), durable: false });
});
afterAll(async () => {
  await stores.close();
  await rm(state, { recursive: true });
});

describe('the development key', () => {
  it('is made once and the same at every start, in a file of its owner alone', async () => {
    const key = await developmentKey(state, stores.keys);
    expect(await developmentKey(state, stores.keys)).toBe(key);
    expect((await stat(join(state, 'development-key'))).mode & 0o777).toBe(0o600);
  });

  it('is made anew when it was revoked, or its file holds something else', async () => {
    const first = await developmentKey(state, stores.keys);
    await stores.keys.revokeKey(apiKeyId(first) ?? '', 1);
    const second = await developmentKey(state, stores.keys);
    expect(second).not.toBe(first);
    await writeFile(join(state, 'development-key'), 'nonsense');
    expect(await developmentKey(state, stores.keys)).not.toBe(second);
  });
});

describe('the catalog of a laptop', () => {
  it.each([laptopCatalog, laptopSiteCatalog])('is one a front takes', (catalogOf) => {
    const catalog = catalogOf('smollm2', 'http://127.0.0.1:8081');
    expect(ModelCatalog.parse(catalog)).toEqual(catalog);
  });
});
