import type { ApiKeyRecord } from '@plinth/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyStore } from '../ports/key-store.ts';
import { fresh } from './ledger-harness.ts';

export interface KeyStoreHarness {
  readonly keys: KeyStore;
  close(): Promise<void>;
}

const key = (keyId: string, tenant: string): ApiKeyRecord => ({
  keyId,
  secretHash: 'ab'.repeat(32),
  tenant,
  principal: 'ann',
  groups: ['staff'],
  limits: { requestsPerMinute: 10 },
  conversations: false,
  createdAt: 1,
});

/** What every store of keys and tenants must do. */
export function keyStoreContract(name: string, open: () => Promise<KeyStoreHarness>): void {
  describe(`${name} as a store of keys and tenants`, () => {
    let harness: KeyStoreHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(async () => harness.close());

    it('gives a key back as it was made', async () => {
      const record = key(fresh('pk'), fresh('t'));
      expect(await harness.keys.getKey(record.keyId)).toBeUndefined();
      await harness.keys.createKey(record);
      expect(await harness.keys.getKey(record.keyId)).toEqual(record);
    });

    it('refuses a second key of one id, and keeps the first', async () => {
      const record = key(fresh('pk'), fresh('t'));
      const other = key(record.keyId, fresh('other'));
      const both = await Promise.allSettled([harness.keys.createKey(record), harness.keys.createKey(other)]);
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
      const [winner, loser] = both[0]!.status === 'fulfilled' ? [record, other] : [other, record];
      expect(await harness.keys.getKey(record.keyId)).toEqual(winner);
      expect(await harness.keys.listKeys(winner.tenant)).toEqual([winner]);
      expect(await harness.keys.listKeys(loser.tenant)).toEqual([]);
    });

    it('revokes for good, at the time of the first revocation', async () => {
      const record = key(fresh('pk'), fresh('t'));
      expect(await harness.keys.revokeKey(record.keyId, 5)).toBe(false);
      await harness.keys.createKey(record);
      expect(await harness.keys.revokeKey(record.keyId, 5)).toBe(true);
      expect(await harness.keys.revokeKey(record.keyId, 9)).toBe(true);
      expect(await harness.keys.getKey(record.keyId)).toEqual({ ...record, revokedAt: 5 });
    });

    it('lists the keys of one tenant, by id, revoked ones too', async () => {
      const [mine, other] = [fresh('t'), fresh('t')];
      const records = [key(fresh('pk_c'), mine), key(fresh('pk_a'), mine), key(fresh('pk_b'), other)];
      for (const record of records) await harness.keys.createKey(record);
      await harness.keys.revokeKey(records[0]!.keyId, 7);
      expect(await harness.keys.listKeys(mine)).toEqual([records[1], { ...records[0], revokedAt: 7 }]);
      expect(await harness.keys.listKeys(fresh('t'))).toEqual([]);
    });

    it('keeps the latest record of a tenant', async () => {
      const tenant = fresh('t/with:odd@name');
      expect(await harness.keys.getTenant(tenant)).toBeUndefined();
      await harness.keys.putTenant({ tenant, limits: {}, createdAt: 1 });
      await harness.keys.putTenant({ tenant, limits: { tokensPerDay: 5 }, createdAt: 1 });
      expect(await harness.keys.getTenant(tenant)).toEqual({ tenant, limits: { tokensPerDay: 5 }, createdAt: 1 });
      expect(await harness.keys.listKeys(tenant)).toEqual([]);
    });
  });
}
