import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiKeyId, apiKeyMatches } from '@plinth/gateway';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder } from '../workspace.ts';
import { openPlinth } from '../testing/plinth.ts';

let plinth: Awaited<ReturnType<typeof openPlinth>>;
beforeAll(async () => {
  plinth = await openPlinth();
});
afterAll(() => plinth.close());

const create = (...args: string[]) => plinth.run('keys', 'create', '--tenant', 'acme', '--principal', 'ann', ...args);

/** The stores, as a platform beside the command would see them. */
async function withStores<T>(work: (stores: Awaited<ReturnType<typeof openEmbeddedStores>>) => Promise<T>): Promise<T> {
  const stores = await openEmbeddedStores({ folder: dataFolder(plinth.state) });
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}

describe('plinth keys', () => {
  it('makes a key that is shown once and never stored', async () => {
    const { code, stdout } = await create(
      '--json',
      '--group',
      'staff',
      'ops',
      '--limits',
      '{"tokensPerDay":5}',
      '--conversations',
      '--data-stays',
    );
    expect(code).toBe(0);
    const { keyId, key } = JSON.parse(stdout) as { keyId: string; key: string };
    expect(apiKeyId(key)).toBe(keyId);
    const record = await withStores(({ keys }) => keys.getKey(keyId));
    expect(record).toMatchObject({
      tenant: 'acme',
      principal: 'ann',
      groups: ['staff', 'ops'],
      limits: { tokensPerDay: 5 },
      conversations: true,
      dataStays: true,
    });
    expect(apiKeyMatches(key, record?.secretHash ?? '')).toBe(true);
    for (const file of await readdir(dataFolder(plinth.state)))
      expect(await readFile(join(dataFolder(plinth.state), file), 'latin1')).not.toContain(
        key.split('_').slice(2).join('_'),
      );
  });

  it('lists keys without their hashes, and revokes them by their id', async () => {
    const { keyId } = JSON.parse((await create('--json')).stdout) as { keyId: string };
    const list = async () =>
      JSON.parse((await plinth.run('keys', 'list', '--tenant', 'acme', '--json')).stdout) as {
        keyId: string;
        revokedAt?: number;
      }[];
    const listed = (await list()).find((key) => key.keyId === keyId);
    expect(listed).toMatchObject({ keyId, principal: 'ann' });
    expect(listed).not.toHaveProperty('secretHash');
    expect(listed).not.toHaveProperty('revokedAt');
    expect(await plinth.run('keys', 'revoke', keyId)).toMatchObject({ code: 0, stdout: `Revoked ${keyId}.\n` });
    expect((await list()).find((key) => key.keyId === keyId)?.revokedAt).toBeLessThanOrEqual(Date.now());
  });

  it('lists keys for people too', async () => {
    await create();
    expect((await plinth.run('keys', 'list', '--tenant', 'acme')).stdout).toMatch(/^[a-z0-9]{16} {2}active {3}ann /m);
    expect(await plinth.run('keys', 'list', '--tenant', 'nobody')).toMatchObject({
      code: 0,
      stdout: 'No keys of nobody.\n',
    });
  });

  it('sets what a tenant may use', async () => {
    const { code } = await plinth.run('keys', 'limits', '--tenant', 'acme', '--set', '{"nanoUsdPerDay":1000000000}');
    expect(code).toBe(0);
    expect((await withStores(({ keys }) => keys.getTenant('acme')))?.limits).toEqual({ nanoUsdPerDay: 1_000_000_000 });
  });

  it('holds the data of a tenant on site, through changes of its limits, until it is let go', async () => {
    const limits = async (...args: string[]) => {
      expect((await plinth.run('keys', 'limits', '--tenant', 'held', '--set', '{}', ...args)).code).toBe(0);
      return (await withStores(({ keys }) => keys.getTenant('held')))?.dataStays;
    };
    expect(await limits('--data-stays')).toBe(true);
    expect(await limits()).toBe(true);
    expect(await limits('--no-data-stays')).toBeUndefined();
    expect(await limits()).toBeUndefined();
  });

  it.each([
    [['create', '--tenant', 'acme', '--principal', 'ann', '--limits', 'lots'], 'The limits are not usable'],
    [['create', '--tenant', 'acme', '--principal', 'ann', '--limits', '{"tokensPerHour":5}'], 'tokensPerHour'],
    [['create', '--tenant', 'two words', '--principal', 'ann'], 'tenant'],
    [['create', '--tenant', 'acme', '--principal', ''], 'principal'],
    [['limits', '--tenant', 'two words', '--set', '{}'], 'tenant'],
    [['revoke', 'nothing'], 'There is no key "nothing".'],
  ])('%j fails with what is wrong, and no stack trace', async (args, message) => {
    const { code, stdout, stderr } = await plinth.run('keys', ...args);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^plinth: /);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
