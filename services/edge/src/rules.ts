import type { EdgeServerEnvironment, GuardPolicy, Limits, ModelCatalog, OfflinePolicy } from '@plinth/contracts';
import type { ActiveBundle } from '@plinth/edge';
import type { KeyStore } from '@plinth/stores';

/** What a site goes by: its bundle's word where there is one, else what it was deployed with. */
export interface SiteRules {
  readonly catalog: ModelCatalog;
  readonly guard: GuardPolicy;
  readonly offline: OfflinePolicy;
  readonly defaultLimits: Limits;
  /** The keys and tenants of the bundle, and no others: what is not in it is void the moment it serves. */
  readonly keys: Pick<KeyStore, 'getKey' | 'getTenant'>;
}

export function siteRules(environment: EdgeServerEnvironment, { contents }: Pick<ActiveBundle, 'contents'>): SiteRules {
  const { models, policy, keys, budgets } = contents;
  const keyById = new Map(keys.keys.map((key) => [key.keyId, key]));
  const tenantByName = new Map(budgets.tenants.map((tenant) => [tenant.tenant, tenant]));
  return {
    catalog: models.catalog ?? environment.PLINTH_CATALOG,
    guard: policy.guard ?? environment.PLINTH_GUARD_POLICY,
    offline: policy.offline ?? environment.PLINTH_OFFLINE,
    defaultLimits: budgets.others ?? environment.PLINTH_DEFAULT_LIMITS,
    keys: {
      getKey: async (keyId) => keyById.get(keyId),
      getTenant: async (tenant) => tenantByName.get(tenant),
    },
  };
}
