import type { Settlement } from '../ports/ledger.ts';
import { keyOf } from './attributes.ts';
import type { DynamoCaller, Item } from './dynamo-caller.ts';
import { ConditionFailed } from './dynamo-caller.ts';
import { UpdateExpression } from './expression.ts';
import { groupBy } from './group-by.ts';
import type { KeyAliases } from './key-aliases.ts';
import { tenantPk } from './key-aliases.ts';
import type { StoredReservation } from './ledger-item.ts';
import {
  aliasesOf,
  concurrentName,
  expiredName,
  heldValue,
  ITEM_BOUNDS,
  LEDGER_SK,
  reservationsOf,
  STANDING,
} from './ledger-item.ts';

/** Reservations changed by one update: an expression may have 4 KB. */
const CHUNK = 20;
const TRIES = 6;

/** What happens to reservations with time. Each update holds every reservation it touches to the value that was read. */
export class Expiry {
  readonly #caller: DynamoCaller;
  readonly #table: string;
  readonly #aliases: KeyAliases;

  constructor(caller: DynamoCaller, table: string, aliases: KeyAliases) {
    this.#caller = caller;
    this.#table = table;
    this.#aliases = aliases;
  }

  /** Takes the slots of expired reservations back, keeping them to be swept. True when there were any, so that a caller looks again. */
  async release(tenant: string, item: Item, now: number): Promise<boolean> {
    const stored = reservationsOf(item);
    const expired = stored.filter(({ expiredAlready, held }) => !expiredAlready && held.expiresAt <= now);
    let unswept = stored.filter(({ expiredAlready }) => expiredAlready).length;
    for (let start = 0; start < expired.length; start += CHUNK) {
      const update = new UpdateExpression();
      const chunk = expired.slice(start, start + CHUNK);
      for (const { attribute, value, held } of chunk) {
        update.requireEqual(attribute, value);
        update.remove(attribute);
        // With nobody sweeping they would fill the item: past the bound they are let go unreported. They are charged either way.
        if (unswept++ < ITEM_BOUNDS.unswept) update.set(expiredName(held.id), value);
      }
      freeSlots(update, chunk);
      await this.#try(tenant, update);
    }
    return expired.length > 0;
  }

  async sweep(tenant: string, now: number, limit: number): Promise<Settlement[]> {
    const swept: Settlement[] = [];
    for (let attempt = 1; attempt <= TRIES && swept.length < limit; attempt++) {
      const item = await this.#aliases.readItem(tenant);
      const keyIds = aliasesOf(item);
      const due = reservationsOf(item).filter(({ expiredAlready, held }) => expiredAlready || held.expiresAt <= now);
      const wanted = due.slice(0, limit - swept.length);
      let missed = false;
      for (let start = 0; start < wanted.length; start += CHUNK) {
        const chunk = wanted.slice(start, start + CHUNK);
        const update = new UpdateExpression();
        for (const { attribute, value } of chunk) {
          update.requireEqual(attribute, value);
          update.remove(attribute);
        }
        freeSlots(
          update,
          chunk.filter(({ expiredAlready }) => !expiredAlready),
        );
        if (await this.#try(tenant, update)) {
          for (const { held } of chunk)
            swept.push({
              id: held.id,
              tenant,
              keyId: held.alias === undefined ? undefined : keyIds.get(held.alias),
              charged: held.worstCase,
              expired: true,
            });
        } else missed = true;
      }
      if (!missed) break;
      await this.#caller.pause(Math.min(attempt, 3));
    }
    return swept;
  }

  async renew(tenant: string, ids: ReadonlySet<string>, clock: () => number, ttlMs: number): Promise<string[]> {
    const renewed: string[] = [];
    let left = ids;
    for (let attempt = 1; attempt <= TRIES && left.size > 0; attempt++) {
      const item = await this.#aliases.readItem(tenant);
      const now = clock();
      const found = reservationsOf(item).filter(
        ({ expiredAlready, held }) => !expiredAlready && held.expiresAt > now && left.has(held.id),
      );
      const missed = new Set<string>();
      for (let start = 0; start < found.length; start += CHUNK) {
        const chunk = found.slice(start, start + CHUNK);
        const update = new UpdateExpression();
        for (const { attribute, value, held } of chunk) {
          update.requireEqual(attribute, value);
          update.set(attribute, heldValue({ ...held, expiresAt: now + ttlMs }));
        }
        const done = await this.#try(tenant, update);
        for (const { held } of chunk)
          if (done) renewed.push(held.id);
          else missed.add(held.id);
      }
      left = missed;
    }
    return renewed;
  }

  /** False when something it touches was changed meanwhile. */
  async #try(tenant: string, update: UpdateExpression): Promise<boolean> {
    const input = { TableName: this.#table, Key: keyOf(tenantPk(tenant), LEDGER_SK), ...update.build() };
    try {
      await this.#caller.run((client, options, sdk) => client.send(new sdk.UpdateItemCommand(input), options));
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  }
}

function freeSlots(update: UpdateExpression, reservations: readonly StoredReservation[]): void {
  const holding = reservations.filter(({ held }) => !held.standing);
  update.add(STANDING, holding.length - reservations.length);
  update.add(concurrentName(undefined), -holding.length);
  for (const [alias, group] of groupBy(holding, ({ held }) => held.alias))
    if (alias !== undefined) update.add(concurrentName(alias), -group.length);
}
