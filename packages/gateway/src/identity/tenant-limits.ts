import type { Limits } from '@plinth/contracts';
import type { Clock, KeyStore } from '@plinth/stores';
import { ExpiringCache } from '../expiring-cache.ts';

const CAPACITY = 10_000;

/** What a tenant may use, remembered for a while: its own record's limits, or the usual ones. */
export function cachedTenantLimits(options: {
  readonly keys: Pick<KeyStore, 'getTenant'>;
  readonly clock: Clock;
  readonly defaultTenantLimits: Limits;
  /** @default 10_000 milliseconds */
  readonly cacheMs?: number;
}): (tenant: string) => Promise<Limits> {
  const { keys, clock, defaultTenantLimits, cacheMs = 10_000 } = options;
  const cache = new ExpiringCache(async (tenant) => (await keys.getTenant(tenant))?.limits ?? defaultTenantLimits, {
    ttlMs: cacheMs,
    capacity: CAPACITY,
    clock,
  });
  return (tenant) => cache.get(tenant);
}
