import type { ApiKeyRecord, TenantRecord } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import type { KeyStore } from '../ports/key-store.ts';
import { count, keyOf, part, text, textOf } from './attributes.ts';
import type { DynamoCaller, Item } from './dynamo-caller.ts';
import { ConditionFailed } from './dynamo-caller.ts';

const keyPk = (keyId: string): string => `key#${part(keyId)}`;
const tenantPk = (tenant: string): string => `tenant#${part(tenant)}`;
const BATCH_GET = 100;

/** `revokedAt` is an attribute of its own, so that revoking is one update that needs no reading first. */
function keyRecordOf(item: Item): ApiKeyRecord {
  const record = JSON.parse(textOf(item, 'body')) as ApiKeyRecord;
  const revokedAt = item.revokedAt?.N;
  return revokedAt === undefined ? record : { ...record, revokedAt: Number(revokedAt) };
}

/** Keys and tenants in the records table. A key is found by its id; a pointer under its tenant makes it listed. */
export class DynamoKeyStore implements KeyStore {
  readonly #caller: DynamoCaller;
  readonly #table: string;

  constructor(caller: DynamoCaller, table: string) {
    this.#caller = caller;
    this.#table = table;
  }

  async getKey(keyId: string): Promise<ApiKeyRecord | undefined> {
    const item = await this.#get(keyPk(keyId), 'key');
    return item && keyRecordOf(item);
  }

  async createKey(record: ApiKeyRecord): Promise<void> {
    // The pointer first: a crash in between leaves a pointer to nothing, which lists skip, and never a key that works and is not listed.
    await this.#put({ ...keyOf(tenantPk(record.tenant), `key#${record.keyId}`) });
    try {
      await this.#put({ ...keyOf(keyPk(record.keyId), 'key'), body: text(JSON.stringify(record)) }, true);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      const stored = await this.getKey(record.keyId);
      // The same record, stored by a try whose answer was lost.
      if (error.repeated && JSON.stringify(stored) === JSON.stringify(record)) return;
      throw new PlatformError('conflict', `A key "${record.keyId}" exists already; make a new id.`, { cause: error });
    }
  }

  async revokeKey(keyId: string, at: number): Promise<boolean> {
    const input = {
      TableName: this.#table,
      Key: keyOf(keyPk(keyId), 'key'),
      // The first revocation stands: it says since when the key has been void.
      UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :at)',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':at': count(at) },
    };
    try {
      await this.#caller.run((client, options, sdk) => client.send(new sdk.UpdateItemCommand(input), options));
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  }

  async listKeys(tenant: string): Promise<readonly ApiKeyRecord[]> {
    const ids: string[] = [];
    let start: Item | undefined;
    do {
      const query = {
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': text(tenantPk(tenant)), ':prefix': text('key#') },
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      };
      const page = await this.#caller.run((client, options, sdk) => client.send(new sdk.QueryCommand(query), options));
      for (const item of page.Items ?? []) ids.push(textOf(item, 'sk').slice('key#'.length));
      start = page.LastEvaluatedKey;
    } while (start);
    const records: ApiKeyRecord[] = [];
    for (let from = 0; from < ids.length; from += BATCH_GET)
      records.push(...(await this.#getMany(ids.slice(from, from + BATCH_GET))));
    return records.filter((record) => record.tenant === tenant).sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
  }

  async getTenant(tenant: string): Promise<TenantRecord | undefined> {
    const item = await this.#get(tenantPk(tenant), 'tenant');
    return item && (JSON.parse(textOf(item, 'body')) as TenantRecord);
  }

  async putTenant(record: TenantRecord): Promise<void> {
    await this.#put({ ...keyOf(tenantPk(record.tenant), 'tenant'), body: text(JSON.stringify(record)) });
  }

  async #get(pk: string, sk: string): Promise<Item | undefined> {
    // Consistent: a key that was revoked a moment ago must not pass.
    const input = { TableName: this.#table, Key: keyOf(pk, sk), ConsistentRead: true };
    const answer = await this.#caller.run((client, options, sdk) =>
      client.send(new sdk.GetItemCommand(input), options),
    );
    return answer.Item;
  }

  async #getMany(keyIds: readonly string[]): Promise<ApiKeyRecord[]> {
    const records: ApiKeyRecord[] = [];
    let keys: Item[] = keyIds.map((keyId) => keyOf(keyPk(keyId), 'key'));
    for (let attempt = 1; keys.length > 0; attempt++) {
      const input = { RequestItems: { [this.#table]: { Keys: keys, ConsistentRead: true } } };
      const answer = await this.#caller.run((client, options, sdk) =>
        client.send(new sdk.BatchGetItemCommand(input), options),
      );
      for (const item of answer.Responses?.[this.#table] ?? []) records.push(keyRecordOf(item));
      keys = answer.UnprocessedKeys?.[this.#table]?.Keys ?? [];
      if (keys.length > 0) {
        if (attempt >= 6) throw new PlatformError('overloaded', 'The records table is over its throughput. Retry.');
        await this.#caller.pause(attempt);
      }
    }
    return records;
  }

  async #put(item: Item, onlyNew = false): Promise<void> {
    const input = {
      TableName: this.#table,
      Item: item,
      ...(onlyNew && { ConditionExpression: 'attribute_not_exists(pk)' }),
    };
    await this.#caller.run((client, options, sdk) => client.send(new sdk.PutItemCommand(input), options));
  }
}
