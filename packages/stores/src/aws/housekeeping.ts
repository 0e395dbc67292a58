import { minuteOf, periodsOf } from '../ledger/periods.ts';
import { countOf, keyOf } from './attributes.ts';
import type { DynamoCaller, Item } from './dynamo-caller.ts';
import { ConditionFailed } from './dynamo-caller.ts';
import { UpdateExpression } from './expression.ts';
import { tenantPk } from './key-aliases.ts';
import {
  aliasesOf,
  aliasName,
  concurrentName,
  counterName,
  countersOf,
  LEDGER_SK,
  reservationsOf,
} from './ledger-item.ts';

/** Names cleared by one update: an expression may have 4 KB. */
const CLEARED_AT_ONCE = 40;
const FORGOTTEN_AT_ONCE = 3;
const TRACKED_TENANTS = 10_000;

/**
 * Keeps items small. Once a minute per tenant a reserve asks for the whole item back (which costs no capacity); counters that are older
 * than the period before the one in use are then removed along with the updates that come next, at no cost of their own.
 */
export class Housekeeping {
  readonly #caller: DynamoCaller;
  readonly #table: string;
  readonly #inspected = new Map<string, number>();
  readonly #stale = new Map<string, string[]>();

  constructor(caller: DynamoCaller, table: string) {
    this.#caller = caller;
    this.#table = table;
  }

  isDue(tenant: string, now: number): boolean {
    return this.#inspected.get(tenant) !== minuteOf(now);
  }

  async inspect(tenant: string, item: Item, now: number): Promise<void> {
    if (!this.isDue(tenant, now)) return;
    if (this.#inspected.size >= TRACKED_TENANTS) {
      this.#inspected.clear();
      this.#stale.clear();
    }
    this.#inspected.set(tenant, minuteOf(now));
    const periods = periodsOf(now);
    const counters = countersOf(item);
    const stale = counters.filter(({ period, number }) => number < periods[period] - 1);
    this.#stale.set(
      tenant,
      stale.map(({ attribute }) => attribute),
    );
    const inUse = new Set(counters.filter((counter) => !stale.includes(counter)).map(({ alias }) => alias));
    for (const { held } of reservationsOf(item)) inUse.add(held.alias);
    let forgotten = 0;
    for (const [alias, keyId] of aliasesOf(item)) {
      if (inUse.has(alias) || countOf(item, concurrentName(alias)) > 0) continue;
      if (forgotten++ >= FORGOTTEN_AT_ONCE) break;
      await this.#forgetKey(tenant, alias, keyId, now);
    }
  }

  /** Adds the removal of stale counters to an update that is about to be sent. Removing one twice does no harm. */
  clear(tenant: string, update: UpdateExpression): void {
    const stale = this.#stale.get(tenant);
    if (!stale) return;
    // A clock that was set back may be counting in one of them again.
    for (const attribute of stale.splice(0, CLEARED_AT_ONCE)) if (!update.mentions(attribute)) update.remove(attribute);
    if (stale.length === 0) this.#stale.delete(tenant);
  }

  /** A key that was not used last month or this gives its place up. Refused when it is used in the same moment. */
  async #forgetKey(tenant: string, alias: string, keyId: string, now: number): Promise<void> {
    const update = new UpdateExpression();
    update.requireEqual(aliasName(alias), keyId);
    update.requireAtMost(concurrentName(alias), 0);
    update.requireAbsent(counterName('month', periodsOf(now), 'r', alias));
    update.remove(aliasName(alias));
    update.remove(concurrentName(alias));
    update.add('kn', -1);
    const input = { TableName: this.#table, Key: keyOf(tenantPk(tenant), LEDGER_SK), ...update.build() };
    try {
      await this.#caller.run((client, options, sdk) => client.send(new sdk.UpdateItemCommand(input), options));
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
}
