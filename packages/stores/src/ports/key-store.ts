import type { ApiKeyRecord, TenantRecord } from '@plinth/contracts';

/** API keys and tenants. Keys are looked up by their public id; the secret's hash is compared by the caller, in constant time. */
export interface KeyStore {
  getKey(keyId: string): Promise<ApiKeyRecord | undefined>;
  /** Refuses (`conflict`) when the id exists. */
  createKey(record: ApiKeyRecord): Promise<void>;
  revokeKey(keyId: string, at: number): Promise<boolean>;
  listKeys(tenant: string): Promise<readonly ApiKeyRecord[]>;
  getTenant(tenant: string): Promise<TenantRecord | undefined>;
  putTenant(record: TenantRecord): Promise<void>;
}
