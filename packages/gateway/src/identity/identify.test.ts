import type { ApiKeyRecord, TenantRecord } from '@plinth/contracts';
import type { KeyStore } from '@plinth/stores';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '@plinth/stores/testing/manual-clock';
import { anIdentity } from '../testing/samples.ts';
import { apiKeyId, apiKeyMatches, hashApiKey, issueApiKey } from './api-key.ts';
import { createIdentify, type IdentifyOptions } from './identify.ts';

class CountingKeys implements Pick<KeyStore, 'getKey' | 'getTenant'> {
  readonly keys = new Map<string, ApiKeyRecord>();
  readonly tenants = new Map<string, TenantRecord>();
  lookups = 0;
  fail = false;

  getKey(keyId: string): Promise<ApiKeyRecord | undefined> {
    this.lookups++;
    return this.fail ? Promise.reject(new Error('The store is down.')) : Promise.resolve(this.keys.get(keyId));
  }

  getTenant(tenant: string): Promise<TenantRecord | undefined> {
    return Promise.resolve(this.tenants.get(tenant));
  }
}

function setUp(overrides: Partial<ApiKeyRecord> = {}, options: Partial<IdentifyOptions> = {}) {
  const clock = new ManualClock(1_000_000);
  const store = new CountingKeys();
  const { key, keyId, secretHash } = issueApiKey();
  const record = {
    keyId,
    secretHash,
    tenant: 'acme',
    principal: 'ann',
    groups: ['staff'],
    limits: { tokensPerDay: 5 },
    conversations: false,
    createdAt: 0,
    ...overrides,
  };
  store.keys.set(keyId, record);
  const identify = createIdentify({
    keys: store as unknown as KeyStore,
    clock,
    defaultTenantLimits: { requestsPerMinute: 7 },
    ...options,
  });
  return { clock, store, key, keyId, record, identify };
}

describe('an API key', () => {
  it('is made anew each time, and is proven by its hash alone', () => {
    const { key, keyId, secretHash } = issueApiKey();
    expect(key).toMatch(/^plinth_[a-z0-9]{16}_[A-Za-z0-9_-]{43}$/);
    expect(apiKeyId(key)).toBe(keyId);
    expect(hashApiKey(key)).toBe(secretHash);
    expect(apiKeyMatches(key, secretHash)).toBe(true);
    expect(apiKeyMatches(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`, secretHash)).toBe(false);
    expect(apiKeyMatches(key, 'not a hash')).toBe(false);
    expect(issueApiKey().key).not.toBe(key);
  });

  it('has its id read even where the secret holds underscores', () => {
    const secret = `_${'a'.repeat(20)}_${'-'.repeat(20)}_`;
    expect(apiKeyId(`plinth_${'0'.repeat(16)}_${secret}`)).toBe('0'.repeat(16));
  });
});

describe('identifying by API key', () => {
  it("says who is calling and what limits hold, the tenant's by default where it has none of its own", async () => {
    const { identify, key, keyId, store, clock } = setUp();
    expect(await identify(`Bearer ${key}`)).toEqual({
      tenant: 'acme',
      principal: 'ann',
      kind: 'api-key',
      scopeId: keyId,
      groups: ['staff'],
      tenantLimits: { requestsPerMinute: 7 },
      scopeLimits: { tokensPerDay: 5 },
      conversations: false,
    });
    store.tenants.set('acme', { tenant: 'acme', limits: { tokensPerMonth: 1 }, createdAt: 0 });
    clock.advance(10_000);
    expect((await identify(`bearer  ${key} `)).tenantLimits).toEqual({ tokensPerMonth: 1 });
  });

  it.each([
    ['neither asks for it', {}, undefined, undefined],
    ['its key does', { dataStays: true }, undefined, true],
    ['its tenant does', {}, true, true],
    ['its tenant does, whatever the key says', { dataStays: false }, true, true],
  ])('says whether its data stays on site: %s', async (_name, key, tenant, expected) => {
    const opened = setUp(key);
    opened.store.tenants.set('acme', { tenant: 'acme', limits: {}, createdAt: 0, dataStays: tenant });
    expect((await opened.identify(`Bearer ${opened.key}`)).dataStays).toBe(expected);
  });

  it.each([
    undefined,
    '',
    'Basic YTpi',
    'Bearer',
    'Bearer ',
    'Bearer plinth_short_secret',
    `Bearer plinth_${'A'.repeat(16)}_${'a'.repeat(43)}`,
    `Bearer plinth_${'a'.repeat(16)}_${'a'.repeat(44)}`,
    `Bearer ${'x'.repeat(20_000)}`,
    'Bearer a.b.c',
    'Bearer plinth_𝟘𝟘_ü',
  ])('refuses %j without a look-up', async (authorization) => {
    const { identify, store } = setUp();
    await expect(identify(authorization)).rejects.toMatchObject({ code: 'invalid_api_key', status: 401 });
    expect(store.lookups).toBe(0);
  });

  it('says the same of a wrong secret and of a key that is not there', async () => {
    const { identify, keyId } = setUp();
    const secret = 'a'.repeat(43);
    const messages = await Promise.all(
      [keyId, '0'.repeat(16)].map((id) =>
        identify(`Bearer plinth_${id}_${secret}`).then(
          () => 'taken',
          (error: Error) => error.message,
        ),
      ),
    );
    expect(messages[0]).toBe(messages[1]);
    expect(messages[0]).not.toContain(secret);
  });

  it('refuses one revoked or expired, from that very millisecond', async () => {
    const revoked = setUp({ revokedAt: 1_000_000 });
    await expect(revoked.identify(`Bearer ${revoked.key}`)).rejects.toThrow('revoked');
    const expiring = setUp({ expiresAt: 1_000_001 });
    await expect(expiring.identify(`Bearer ${expiring.key}`)).resolves.toBeDefined();
    expiring.clock.advance(1);
    await expect(expiring.identify(`Bearer ${expiring.key}`)).rejects.toThrow('expired');
  });

  it('does not tell whether a key was revoked to one who does not have its secret', async () => {
    const { identify, keyId } = setUp({ revokedAt: 1 });
    await expect(identify(`Bearer plinth_${keyId}_${'a'.repeat(43)}`)).rejects.toThrow('not valid');
  });

  it('looks a key up once for callers at the same time, and notices a revocation when its time in the cache is over', async () => {
    const { identify, key, keyId, record, store, clock } = setUp({}, { cacheMs: 5_000 });
    await Promise.all(Array.from({ length: 20 }, () => identify(`Bearer ${key}`)));
    expect(store.lookups).toBe(1);
    store.keys.set(keyId, { ...record, revokedAt: clock.now() });
    clock.advance(4_999);
    await expect(identify(`Bearer ${key}`)).resolves.toBeDefined();
    clock.advance(1);
    await expect(identify(`Bearer ${key}`)).rejects.toThrow('revoked');
    expect(store.lookups).toBe(2);
  });

  it('passes on that the store is down, and asks again the next time', async () => {
    const { identify, key, store } = setUp();
    store.fail = true;
    await expect(identify(`Bearer ${key}`)).rejects.toThrow('The store is down.');
    store.fail = false;
    await expect(identify(`Bearer ${key}`)).resolves.toBeDefined();
  });
});

describe('identifying by token', () => {
  const { tenantLimits: _none, ...token } = anIdentity({ kind: 'user', scopeId: 'user:1' });

  it('hands what looks like a JWT to the verifier and adds the limits of its tenant', async () => {
    const seen: string[] = [];
    const verifyToken = (text: string) => (seen.push(text), Promise.resolve(token));
    const { identify } = setUp({}, { verifyToken });
    expect(await identify('Bearer a.b.c')).toEqual({ ...token, tenantLimits: { requestsPerMinute: 7 } });
    await expect(identify('Bearer a.b')).rejects.toMatchObject({ code: 'invalid_api_key' });
    expect(seen).toEqual(['a.b.c']);
  });
});
