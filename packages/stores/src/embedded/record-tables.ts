import { PlatformError } from '@plinth/contracts';
import type { ApiKeyRecord, TenantRecord } from '@plinth/contracts';
import type { Connection } from './database.ts';

/** API keys and tenants, kept as JSON. */
export class RecordTables {
  readonly #getKey;
  readonly #putKey;
  readonly #listKeys;
  readonly #getTenant;
  readonly #putTenant;

  constructor(db: Connection) {
    this.#getKey = db.prepare('SELECT body FROM api_keys WHERE key_id = ?');
    this.#putKey = db.prepare(
      `INSERT INTO api_keys (key_id, tenant, body) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET tenant = excluded.tenant, body = excluded.body`,
    );
    this.#listKeys = db.prepare('SELECT body FROM api_keys WHERE tenant = ? ORDER BY key_id');
    this.#getTenant = db.prepare('SELECT body FROM tenants WHERE tenant = ?');
    this.#putTenant = db.prepare(
      'INSERT INTO tenants (tenant, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    );
  }

  getKey(keyId: string): ApiKeyRecord | undefined {
    const row = this.#getKey.get([keyId]) as { body: string } | undefined;
    return row && (JSON.parse(row.body) as ApiKeyRecord);
  }

  createKey(record: ApiKeyRecord): void {
    if (this.getKey(record.keyId))
      throw new PlatformError('conflict', `A key "${record.keyId}" exists already; make a new id.`);
    this.#putKey.run([record.keyId, record.tenant, JSON.stringify(record)]);
  }

  revokeKey(keyId: string, at: number): boolean {
    const record = this.getKey(keyId);
    if (!record) return false;
    // The first revocation stands: it says since when the key has been void.
    if (record.revokedAt === undefined)
      this.#putKey.run([keyId, record.tenant, JSON.stringify({ ...record, revokedAt: at })]);
    return true;
  }

  listKeys(tenant: string): ApiKeyRecord[] {
    return (this.#listKeys.all([tenant]) as { body: string }[]).map((row) => JSON.parse(row.body) as ApiKeyRecord);
  }

  getTenant(tenant: string): TenantRecord | undefined {
    const row = this.#getTenant.get([tenant]) as { body: string } | undefined;
    return row && (JSON.parse(row.body) as TenantRecord);
  }

  putTenant(record: TenantRecord): void {
    this.#putTenant.run([record.tenant, JSON.stringify(record)]);
  }
}
