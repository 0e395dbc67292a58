import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admitted, amount, fresh, tenantScope } from '../testing/index.ts';
import { openEmbeddedStores } from './index.ts';

describe('opening the embedded stores', () => {
  let parent: string;
  let folder: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'plinth-open-'));
    folder = join(parent, 'deep', 'data');
  });
  afterEach(async () => rm(parent, { recursive: true }));

  it('makes a folder and files that only their owner can read', async () => {
    const stores = await openEmbeddedStores({ folder });
    await stores.keys.putTenant({ tenant: 'acme', limits: {}, createdAt: 1 });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const files = await readdir(folder);
    expect(files).toContain('plinth.db-wal');
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    await stores.close();
    expect(await readdir(folder)).toEqual(['plinth.db']);
  });

  it('finds everything again', async () => {
    const first = await openEmbeddedStores({ folder });
    const scopes = [tenantScope('acme', {})];
    const request = { tenant: 'acme', scopes, worstCase: amount(5), ttlMs: 60_000 };
    const kept = admitted(await first.ledger.reserve({ ...request, id: 'a' }));
    await first.audit.append([{ at: 1, requestId: 'r', action: 'a', outcome: 'allowed' }]);
    await first.close();
    const second = await openEmbeddedStores({ folder });
    await expect(second.ledger.reserve({ ...request, id: 'a' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await second.ledger.settle(kept, amount(3))).toMatchObject({ charged: amount(3) });
    await second.audit.append([{ at: 2, requestId: 's', action: 'a', outcome: 'allowed' }]);
    expect(await second.audit.verify()).toEqual({ ok: true, chains: 1, records: 2 });
    await second.close();
  });

  it('holds one limit over two openers of the same folder, as two processes are', async () => {
    const [one, two] = [await openEmbeddedStores({ folder }), await openEmbeddedStores({ folder })];
    const decisions = await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        (index % 2 === 0 ? one : two).ledger.reserve({
          id: fresh('r'),
          tenant: 'acme',
          scopes: [tenantScope('acme', { tokensPerDay: 500 })],
          worstCase: amount(9),
          ttlMs: 60_000,
        }),
      ),
    );
    expect(decisions.filter((decision) => decision.admitted)).toHaveLength(55);
    const record = { at: 1, requestId: 'r', action: 'a', outcome: 'allowed' as const };
    await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? one : two).audit.append([record])));
    expect(await one.audit.verify()).toEqual({ ok: true, chains: 1, records: 40 });
    await Promise.all([one.close(), two.close()]);
  });

  it('says which folder it cannot write to', async () => {
    await writeFile(join(parent, 'deep'), 'a file');
    await expect(openEmbeddedStores({ folder })).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining(folder),
    });
  });

  it('says so when the file is no database', async () => {
    await (await openEmbeddedStores({ folder })).close();
    await writeFile(join(folder, 'plinth.db'), 'not a database'.repeat(100));
    await expect(openEmbeddedStores({ folder })).rejects.toMatchObject({ code: 'storage_failed' });
  });
});
