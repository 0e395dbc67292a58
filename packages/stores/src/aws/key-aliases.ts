import { PlatformError } from '@plinth/contracts';
import { countOf, keyOf, part } from './attributes.ts';
import type { DynamoCaller, Item } from './dynamo-caller.ts';
import { ConditionFailed } from './dynamo-caller.ts';
import { UpdateExpression } from './expression.ts';
import { aliasesOf, aliasName, ITEM_BOUNDS, LEDGER_SK } from './ledger-item.ts';

const CACHE_LIMIT = 20_000;
const TRIES = 20;

export const tenantPk = (tenant: string): string => `tenant#${part(tenant)}`;

/** Short names for keys within their tenant's item. Given out in turn and never again, so a stale one can only be refused. */
export class KeyAliases {
  readonly #caller: DynamoCaller;
  readonly #table: string;
  readonly #known = new Map<string, Promise<string>>();

  constructor(caller: DynamoCaller, table: string) {
    this.#caller = caller;
    this.#table = table;
  }

  async of(tenant: string, keyId: string): Promise<string> {
    const cacheKey = `${tenant}\n${keyId}`;
    const known = this.#known.get(cacheKey);
    if (known) return known;
    if (this.#known.size >= CACHE_LIMIT) this.#known.clear();
    const found = this.#find(tenant, keyId);
    this.#known.set(cacheKey, found);
    found.catch(() => this.#known.delete(cacheKey));
    return found;
  }

  forget(tenant: string, keyId: string): void {
    this.#known.delete(`${tenant}\n${keyId}`);
  }

  async readItem(tenant: string): Promise<Item> {
    const input = { TableName: this.#table, Key: keyOf(tenantPk(tenant), LEDGER_SK), ConsistentRead: true };
    const answer = await this.#caller.run((client, options, sdk) =>
      client.send(new sdk.GetItemCommand(input), options),
    );
    return answer.Item ?? {};
  }

  async #find(tenant: string, keyId: string): Promise<string> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const item = await this.readItem(tenant);
      for (const [alias, id] of aliasesOf(item)) if (id === keyId) return alias;
      if (countOf(item, 'kn') >= ITEM_BOUNDS.keys)
        throw new PlatformError(
          'overloaded',
          `This tenant used ${ITEM_BOUNDS.keys} keys this month, which is all its ledger counts. Split it into several tenants.`,
        );
      const next = countOf(item, 'ka');
      const alias = next.toString(36);
      const update = new UpdateExpression();
      if (next === 0) update.requireAbsent('ka');
      else update.requireEqual('ka', next);
      update.set(aliasName(alias), keyId);
      update.add('ka', 1);
      update.add('kn', 1);
      const input = { TableName: this.#table, Key: keyOf(tenantPk(tenant), LEDGER_SK), ...update.build() };
      try {
        await this.#caller.run((client, options, sdk) => client.send(new sdk.UpdateItemCommand(input), options));
        return alias;
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        await this.#caller.pause(Math.min(attempt, 4));
      }
    }
    throw new PlatformError('overloaded', 'Too many keys of this tenant were seen for the first time at once. Retry.');
  }
}
