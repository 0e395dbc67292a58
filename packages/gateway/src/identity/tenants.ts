import type { Limits, TenantRecord } from '@plinth/contracts';
import type { Clock, KeyStore } from '@plinth/stores';
import { ExpiringCache } from '../expiring-cache.ts';

const CAPACITY = 10_000;

/** What holds for all of a tenant: its own record's, or the usual. */
export type Tenant = Pick<TenantRecord, 'limits' | 'dataStays'>;

/** Tenants, remembered for a while. */
export function cachedTenants(options: {
  readonly keys: Pick<KeyStore, 'getTenant'>;
  readonly clock: Clock;
  readonly defaultTenantLimits: Limits;
  /** @default 10_000 milliseconds */
  readonly cacheMs?: number;
}): (tenant: string) => Promise<Tenant> {
  const { keys, clock, defaultTenantLimits, cacheMs = 10_000 } = options;
  const usual: Tenant = { limits: defaultTenantLimits };
  const cache = new ExpiringCache<Tenant>(async (tenant) => (await keys.getTenant(tenant)) ?? usual, {
    ttlMs: cacheMs,
    capacity: CAPACITY,
    clock,
  });
  return (tenant) => cache.get(tenant);
}

/** Of an identity whose key or tenant holds its data on site; nothing of any other. */
export function dataStays(...held: (boolean | undefined)[]): { readonly dataStays?: true } {
  return held.includes(true) ? { dataStays: true } : {};
}
