import { periodsOf } from '../ledger/periods.ts';
import type { Amount } from '../ports/ledger.ts';
import { ExpiryHeap } from './expiry-heap.ts';
import type { LedgerEvent, MadeEvent, SettledEvent, SweptEvent } from './ledger-events.ts';
import { isLowered, isMade, isRenewed, isSettled, isSwept } from './ledger-events.ts';
import type { LedgerTables, ScopeRow } from './ledger-tables.ts';
import { ScopeCounters } from './scope-counters.ts';

/** A reservation in force (`held`), past its expiry but not yet swept (`released`: it holds no slot), or no more (`gone`). */
export interface Held {
  /** As it stands: with the amount it was last brought down to. */
  made: MadeEvent;
  readonly id: string;
  readonly tenant: TenantBook;
  readonly key: ScopeCounters | undefined;
  expiresAt: number;
  state: 'held' | 'released' | 'gone';
}

export interface TenantBook {
  readonly name: string;
  readonly scope: ScopeCounters;
  readonly keys: Map<string, ScopeCounters>;
  readonly reservations: Map<string, Held>;
}

/** What a reservation came to when it ended, or was charged when its holder was lost. */
export interface Charge {
  readonly tenant: string;
  /** '' for none. */
  readonly key: string;
  readonly reservedAt: number;
  readonly amount: Amount;
}

/** Expired reservations kept for a sweep; over this the oldest are let go unreported. They are charged either way. */
const UNSWEPT_LIMIT = 100_000;
/** Over this the book is closed after a batch and opened again for the next. */
const CACHED_SCOPES_LIMIT = 50_000;
/** Events in the journal, beside four for each reservation in force, that call for a checkpoint. */
const JOURNAL_LIMIT = 8_000;

/**
 * The ledger in memory: checkpoint plus journal. Every change is an event, applied here by the one function that also replays the
 * journal, and written before the transaction commits. When another process has written, its events are read and applied too.
 */
export class LedgerBook {
  readonly unswept = new Set<Held>();
  readonly #tables: LedgerTables;
  readonly #charged: ((charge: Charge) => void) | undefined;
  readonly #tenants = new Map<string, TenantBook>();
  readonly #byNumber = new Map<number, Held>();
  readonly #heap = new ExpiryHeap<Held>((held) => held.state === 'held');
  readonly #dirty = new Map<ScopeCounters, ScopeRow>();
  #new: LedgerEvent[] = [];
  #nextNumber = 1;
  #epoch: number | undefined;
  #lastSeq = 0;
  #journalled = 0;
  #living = 0;
  #cachedScopes = 0;

  /** @param charged Told of every reservation that this process ends, and what it came to. */
  constructor(tables: LedgerTables, charged?: (charge: Charge) => void) {
    this.#tables = tables;
    this.#charged = charged;
  }

  forget(): void {
    this.#tenants.clear();
    this.#byNumber.clear();
    this.#heap.clear();
    this.#dirty.clear();
    this.unswept.clear();
    this.#new = [];
    this.#nextNumber = 1;
    this.#epoch = undefined;
    this.#lastSeq = this.#journalled = this.#living = this.#cachedScopes = 0;
  }

  /** Catches up with the file. `changed` says that another process has written since the last batch. */
  refresh(changed: boolean): void {
    if (this.#epoch !== undefined) {
      if (!changed) return;
      if (this.#tables.readEpoch() !== this.#epoch) this.forget();
    }
    if (this.#epoch === undefined) {
      const { epoch, reservations } = this.#tables.readCheckpoint();
      this.#epoch = epoch;
      // The counters of a checkpoint include its reservations already.
      for (const made of reservations) this.#hold(made);
    }
    for (const { seq, events } of this.#tables.readJournal(this.#lastSeq)) {
      for (const event of events) this.#apply(event);
      this.#lastSeq = seq;
      this.#journalled += events.length;
    }
  }

  record(event: LedgerEvent): void {
    if (isSettled(event) || isSwept(event)) this.#tellCharge(event);
    this.#apply(event);
    this.#new.push(event);
  }

  nextNumber(): number {
    return this.#nextNumber;
  }

  /** Writes what the batch did, and a checkpoint when one is due. */
  write(): void {
    if (this.#new.length === 0) return;
    this.#journalled += this.#new.length;
    if (this.#journalled > JOURNAL_LIMIT + 4 * this.#living) {
      const reservations = [...this.#byNumber.values()].map(({ made, expiresAt }) => withExpiry(made, expiresAt));
      this.#epoch = this.#epoch! + 1;
      this.#tables.checkpoint({ epoch: this.#epoch, reservations }, [...this.#dirty.values()]);
      this.#dirty.clear();
      this.#journalled = this.#lastSeq = 0;
    } else {
      this.#tables.append(++this.#lastSeq, this.#new);
    }
    this.#new = [];
    if (this.#cachedScopes > CACHED_SCOPES_LIMIT) this.forget();
  }

  tenant(name: string): TenantBook {
    const cached = this.#tenants.get(name);
    if (cached) return cached;
    const book: TenantBook = { name, ...this.#tables.readScopes(name), reservations: new Map() };
    this.#tenants.set(name, book);
    this.#cachedScopes += 1 + book.keys.size;
    return book;
  }

  /** Takes the slots back of what has expired by `now`. Nothing is written: the expiry that is written says as much. */
  release(now: number): void {
    for (let held = this.#heap.popExpired(now); held; held = this.#heap.popExpired(now)) {
      this.#letGo(held);
      held.state = 'released';
      this.unswept.add(held);
      if (this.unswept.size > UNSWEPT_LIMIT) {
        const [oldest] = this.unswept;
        if (oldest) this.record([oldest.made[0]]);
      }
    }
  }

  #tellCharge(event: SettledEvent | SweptEvent): void {
    const held = this.#byNumber.get(event[0]);
    if (this.#charged === undefined || held === undefined) return;
    const [, tenant, key, , reservedAt, , ...worst] = held.made;
    const [inputTokens, outputTokens, nanoUsd] = isSettled(event) ? [event[1], event[2], event[3]] : worst;
    this.#charged({ tenant, key, reservedAt, amount: { inputTokens, outputTokens, nanoUsd } });
  }

  #apply(event: LedgerEvent): void {
    if (isMade(event)) {
      const [, , keyId, , reservedAt, , inputTokens, outputTokens, nanoUsd, standing] = event;
      const { tenant, key } = this.#hold(event);
      const periods = periodsOf(reservedAt);
      const tokens = inputTokens + outputTokens;
      tenant.scope.add(periods, 1, tokens, nanoUsd, standing === 1);
      key?.add(periods, 1, tokens, nanoUsd, standing === 1);
      this.#markDirty(tenant, key, keyId);
      return;
    }
    const held = this.#byNumber.get(event[0]);
    // Another process may have let an old one go in the same moment; there is nothing left to do.
    if (!held) return;
    if (isRenewed(event)) {
      held.expiresAt = event[1];
      if (held.state === 'held') this.#heap.push(held);
      this.#heap.compact(this.#living);
      return;
    }
    if (isLowered(event) || isSettled(event)) {
      const [, , keyId, , reservedAt, , inputTokens, outputTokens, nanoUsd, standing] = held.made;
      const periods = periodsOf(reservedAt);
      const tokens = event[1] + event[2] - inputTokens - outputTokens;
      held.tenant.scope.correct(periods, tokens, event[3] - nanoUsd, standing === 1);
      held.key?.correct(periods, tokens, event[3] - nanoUsd, standing === 1);
      this.#markDirty(held.tenant, held.key, keyId);
    }
    if (isLowered(event)) {
      const [n, tenant, keyId, id, reservedAt, expiresAt] = held.made;
      held.made = [n, tenant, keyId, id, reservedAt, expiresAt, event[1], event[2], event[3], 1];
      return;
    }
    if (held.state === 'held') this.#letGo(held);
    held.state = 'gone';
    this.unswept.delete(held);
    held.tenant.reservations.delete(held.id);
    this.#byNumber.delete(event[0]);
  }

  #hold(made: MadeEvent): Held {
    const [n, tenantName, keyId, id, , expiresAt] = made;
    const slots = slotsOf(made);
    const tenant = this.tenant(tenantName);
    let key: ScopeCounters | undefined;
    if (keyId !== '') {
      key = tenant.keys.get(keyId);
      if (!key) {
        key = new ScopeCounters(undefined);
        tenant.keys.set(keyId, key);
        this.#cachedScopes += 1;
      }
      key.concurrent += slots;
    }
    tenant.scope.concurrent += slots;
    const held: Held = { made, id, tenant, key, expiresAt, state: 'held' };
    tenant.reservations.set(id, held);
    this.#byNumber.set(n, held);
    this.#living += 1;
    this.#heap.push(held);
    if (n >= this.#nextNumber) this.#nextNumber = n + 1;
    return held;
  }

  #letGo(held: Held): void {
    held.tenant.scope.concurrent -= slotsOf(held.made);
    if (held.key) held.key.concurrent -= slotsOf(held.made);
    this.#living -= 1;
    this.#heap.compact(this.#living);
  }

  #markDirty(tenant: TenantBook, key: ScopeCounters | undefined, keyId: string): void {
    if (!this.#dirty.has(tenant.scope))
      this.#dirty.set(tenant.scope, { tenant: tenant.name, scope: 't', id: '', counters: tenant.scope });
    if (key && !this.#dirty.has(key))
      this.#dirty.set(key, { tenant: tenant.name, scope: 'k', id: keyId, counters: key });
  }
}

/** A standing reservation holds none. */
const slotsOf = (made: MadeEvent): 0 | 1 => (made[9] === 1 ? 0 : 1);

function withExpiry(made: MadeEvent, expiresAt: number): MadeEvent {
  const [n, tenant, keyId, id, reservedAt, , ...rest] = made;
  return [n, tenant, keyId, id, reservedAt, expiresAt, ...rest];
}
