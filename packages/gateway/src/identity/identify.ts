import type { ApiKeyRecord, Identity, Limits } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import type { Clock, KeyStore } from '@plinth/stores';
import { ExpiringCache } from '../expiring-cache.ts';
import { apiKeyId, apiKeyMatches } from './api-key.ts';
import type { TokenIdentity } from './oidc.ts';
import { cachedTenants, dataStays } from './tenants.ts';

export interface IdentifyOptions {
  readonly keys: Pick<KeyStore, 'getKey' | 'getTenant'>;
  readonly clock: Clock;
  /** Limits of a tenant that has no record of its own. */
  readonly defaultTenantLimits: Limits;
  /** Verifies JWTs; absent means that only API keys are accepted. */
  readonly verifyToken?: (token: string) => Promise<TokenIdentity>;
  /** How long a key or tenant is remembered, and so how late a revocation may take effect. @default 10_000 milliseconds */
  readonly cacheMs?: number;
}

export type Identify = (authorization: string | undefined) => Promise<Identity>;

const CACHE_CAPACITY = 10_000;
const WRONG_KEY = 'The API key is not valid. Check the Authorization header: "Bearer plinth_…".';

/** Proves who is calling from the `Authorization` header: an API key of ours, or a JWT of the configured issuer. */
export function createIdentify(options: IdentifyOptions): Identify {
  const cache = { ttlMs: options.cacheMs ?? 10_000, capacity: CACHE_CAPACITY, clock: options.clock };
  const keys = new ExpiringCache((keyId) => options.keys.getKey(keyId), cache);
  const tenants = cachedTenants(options);

  async function byApiKey(key: string, keyId: string): Promise<Identity> {
    const record = await keys.get(keyId);
    if (record === undefined || !apiKeyMatches(key, record.secretHash))
      throw new PlatformError('invalid_api_key', WRONG_KEY);
    requireUsable(record, options.clock.now());
    const tenant = await tenants(record.tenant);
    return {
      tenant: record.tenant,
      principal: record.principal,
      kind: 'api-key',
      scopeId: record.keyId,
      groups: record.groups,
      tenantLimits: tenant.limits,
      scopeLimits: record.limits,
      conversations: record.conversations,
      ...dataStays(record.dataStays, tenant.dataStays),
    };
  }

  return async (authorization) => {
    const credential = bearer(authorization);
    const keyId = apiKeyId(credential);
    if (keyId !== undefined) return byApiKey(credential, keyId);
    if (options.verifyToken !== undefined && credential.split('.').length === 3) {
      const identity = await options.verifyToken(credential);
      const tenant = await tenants(identity.tenant);
      return { ...identity, tenantLimits: tenant.limits, ...dataStays(identity.dataStays, tenant.dataStays) };
    }
    throw new PlatformError('invalid_api_key', WRONG_KEY);
  };
}

function bearer(authorization: string | undefined): string {
  if (authorization === undefined || authorization.length > 16_384 || !/^bearer /i.test(authorization))
    throw new PlatformError(
      'invalid_api_key',
      'No API key was given. Send the header "Authorization: Bearer plinth_…".',
    );
  return authorization.slice(7).trim();
}

function requireUsable(record: ApiKeyRecord, now: number): void {
  if (record.revokedAt !== undefined && record.revokedAt <= now)
    throw new PlatformError('invalid_api_key', 'The API key was revoked. Ask for a new one.');
  if (record.expiresAt !== undefined && record.expiresAt <= now)
    throw new PlatformError('invalid_api_key', 'The API key has expired. Ask for a new one.');
}
