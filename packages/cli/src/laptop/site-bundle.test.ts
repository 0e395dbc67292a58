import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectBundle, openFolderSource, trustedKey } from '@plinth/edge';
import { issueApiKey } from '@plinth/gateway';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contentsOf } from '../edge/contents.ts';
import { dataFolder } from '../workspace.ts';
import { developmentKey } from './development-key.ts';
import { publishSiteBundle } from './site-bundle.ts';

const DAY = 86_400_000;
let state: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'plinth-site-'));
  vi.stubEnv('PLINTH_STATE_DIR', state);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(state, { recursive: true });
});

const now = Date.now();
const publish = async (at = now) => {
  const { contents } = await contentsOf({ weights: [], keysOf: ['laptop'] });
  const published = await publishSiteBundle({ folder: join(state, 'edge'), site: 'laptop', contents, now: at });
  const inspected = await inspectBundle({
    source: openFolderSource(published.bundles),
    key: trustedKey(published.publicKey),
    site: 'laptop',
    weights: true,
    signal: AbortSignal.timeout(10_000),
  });
  return { ...published, ...inspected };
};
const withStores = async <T>(work: (stores: Awaited<ReturnType<typeof openEmbeddedStores>>) => Promise<T>) => {
  const stores = await openEmbeddedStores({ folder: dataFolder(state), durable: false });
  return work(stores).finally(() => stores.close());
};

describe("the bundle of a laptop's site", () => {
  it('knows the development key, is signed by a key of this machine, and is the same at the next start', async () => {
    const key = await withStores(({ keys }) => developmentKey(state, keys));
    const first = await publish();
    expect(first.contents.keys.keys.map(({ keyId }) => key.includes(keyId))).toEqual([true]);
    expect((await stat(join(state, 'edge/bundle-key.pem'))).mode & 0o777).toBe(0o600);
    const again = await publish(now + 5_000);
    expect(again.statement).toEqual(first.statement);
    expect(again.publicKey).toBe(first.publicKey);
  });

  it('is made anew for another key, and before it runs out, each with a higher sequence', async () => {
    const before = await publish();
    const { keyId, secretHash } = issueApiKey();
    const record = { tenant: 'laptop', principal: 'ann', groups: [], limits: {}, conversations: false, createdAt: 1 };
    await withStores(({ keys }) => keys.createKey({ keyId, secretHash, ...record }));
    const other = await publish();
    expect(other.contents.keys.keys).toHaveLength(2);
    expect(other.statement.sequence).toBeGreaterThan(before.statement.sequence);
    const later = await publish(now + 16 * DAY);
    expect(later.statement.sequence).toBeGreaterThan(other.statement.sequence);
    expect(await readFile(join(later.bundles, 'latest.json'), 'utf8')).not.toContain('PRIVATE');
  });
});
