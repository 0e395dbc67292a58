import type { ApiKeyRecord, TenantRecord } from '@plinth/contracts';
import type { KeyStore } from '../ports/key-store.ts';
import type { GroupCommit } from './group-commit.ts';

export class EmbeddedKeyStore implements KeyStore {
  readonly #queue: GroupCommit;

  constructor(queue: GroupCommit) {
    this.#queue = queue;
  }

  async getKey(keyId: string): Promise<ApiKeyRecord | undefined> {
    return this.#queue.call('getKey', keyId);
  }

  async createKey(record: ApiKeyRecord): Promise<void> {
    await this.#queue.call('createKey', record);
  }

  async revokeKey(keyId: string, at: number): Promise<boolean> {
    return this.#queue.call('revokeKey', keyId, at);
  }

  async listKeys(tenant: string): Promise<readonly ApiKeyRecord[]> {
    return this.#queue.call('listKeys', tenant);
  }

  async getTenant(tenant: string): Promise<TenantRecord | undefined> {
    return this.#queue.call('getTenant', tenant);
  }

  async putTenant(record: TenantRecord): Promise<void> {
    await this.#queue.call('putTenant', record);
  }
}
