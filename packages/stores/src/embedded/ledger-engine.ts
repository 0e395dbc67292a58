import { PlatformError } from '@plinth/contracts';
import type { Refusal } from '../ledger/limit-rules.ts';
import { lowered } from '../ledger/check-request.ts';
import { neededOf, refusalOf } from '../ledger/limit-rules.ts';
import { periodsOf } from '../ledger/periods.ts';
import type { Amount, ScopeUsage, Settlement } from '../ports/ledger.ts';
import type { LedgerBook } from './ledger-book.ts';
import type { ReserveOp, SettleOp } from './protocol.ts';
import { ScopeCounters } from './scope-counters.ts';

const NO_LIMITS = new Array<number>(7).fill(Number.POSITIVE_INFINITY);
/** Reservations of one tenant, in force or not yet swept. */
const TENANT_RESERVATIONS_LIMIT = 20_000;
const CACHED_LIMITS = 10_000;
const UNUSED = new ScopeCounters(undefined);

/** The ledger's decisions, on a book that has just been brought up to date inside the transaction. */
export class LedgerEngine {
  readonly #book: LedgerBook;
  readonly #limits = new Map<string, readonly number[]>();

  constructor(book: LedgerBook) {
    this.#book = book;
  }

  /** 0 when admitted. A standing one comes with the limits it is held to. */
  reserve(op: ReserveOp, standing = false): 0 | Refusal {
    const [, now, id, tenantName, keyId, tenantLimits, keyLimits, inputTokens, outputTokens, nanoUsd, ttlMs] = op;
    this.#book.release(now);
    const tenant = this.#book.tenant(tenantName);
    if (tenant.reservations.has(id))
      throw new PlatformError('conflict', 'A reservation of this id is in force. Use a new id for every request.');
    const key = keyId === '' ? undefined : (tenant.keys.get(keyId) ?? UNUSED);
    const periods = periodsOf(now);
    const tokens = inputTokens + outputTokens;
    const forTenant = this.#parseLimits(tenantLimits);
    const forKey = this.#parseLimits(keyLimits);
    if (
      !tenant.scope.fits(periods, forTenant, tokens, nanoUsd) ||
      (key !== undefined && !key.fits(periods, forKey, tokens, nanoUsd))
    ) {
      const scopes = [{ scope: 'tenant' as const, limits: forTenant, used: tenant.scope.used(periods) }];
      const keyScopes = key ? [{ scope: 'key' as const, limits: forKey, used: key.used(periods) }] : [];
      const refusal = refusalOf([...scopes, ...keyScopes], neededOf({ inputTokens, outputTokens, nanoUsd }), now);
      if (refusal) return refusal;
    }
    if (tenant.reservations.size >= TENANT_RESERVATIONS_LIMIT)
      throw new PlatformError(
        'overloaded',
        `This tenant holds ${TENANT_RESERVATIONS_LIMIT} reservations. Wait for requests to end, and check that expired ones are swept.`,
      );
    const n = this.#book.nextNumber();
    const made = [n, tenantName, keyId, id, now, now + ttlMs, inputTokens, outputTokens, nanoUsd] as const;
    this.#book.record(standing ? [...made, 1] : made);
    return 0;
  }

  /** The key the reservation was made for ('' for none), or `undefined` when there is nothing left to settle. */
  settle([, now, id, tenant, inputTokens, outputTokens, nanoUsd]: SettleOp): string | undefined {
    this.#book.release(now);
    const held = this.#book.tenant(tenant).reservations.get(id);
    if (held?.state !== 'held') return undefined;
    const [n, , keyId] = held.made;
    this.#book.record([n, inputTokens, outputTokens, nanoUsd]);
    return keyId;
  }

  /** What the reservation stands at then, and until when; `undefined` when it is gone. */
  lower(now: number, tenant: string, id: string, wanted: Amount): { worstCase: Amount; expiresAt: number } | undefined {
    this.#book.release(now);
    const held = this.#book.tenant(tenant).reservations.get(id);
    if (held?.state !== 'held') return undefined;
    const [n, , , , , , inputTokens, outputTokens, nanoUsd, standing] = held.made;
    if (standing !== 1) throw new PlatformError('internal', 'Only a standing reservation is lowered.');
    const present = { inputTokens, outputTokens, nanoUsd };
    const worstCase = lowered(present, wanted);
    const less =
      worstCase.inputTokens + worstCase.outputTokens < inputTokens + outputTokens || worstCase.nanoUsd < nanoUsd;
    if (less) this.#book.record([n, worstCase.inputTokens, worstCase.outputTokens, worstCase.nanoUsd, 1]);
    return { worstCase, expiresAt: held.expiresAt };
  }

  renew(now: number, wanted: readonly (readonly [tenant: string, id: string])[], ttlMs: number): string[] {
    this.#book.release(now);
    const renewed: string[] = [];
    for (const [tenant, id] of wanted) {
      const held = this.#book.tenant(tenant).reservations.get(id);
      if (held?.state !== 'held') continue;
      this.#book.record([held.made[0], now + ttlMs]);
      renewed.push(id);
    }
    return renewed;
  }

  sweep(now: number, tenant: string | undefined, limit: number): Settlement[] {
    this.#book.release(now);
    const swept: Settlement[] = [];
    for (const { made, id, tenant: holder } of this.#book.unswept) {
      if (swept.length >= limit) break;
      if (tenant !== undefined && holder.name !== tenant) continue;
      const [n, , keyId, , , , inputTokens, outputTokens, nanoUsd] = made;
      this.#book.record([n]);
      swept.push({
        id,
        tenant: holder.name,
        keyId: keyId === '' ? undefined : keyId,
        charged: { inputTokens, outputTokens, nanoUsd },
        expired: true,
      });
    }
    return swept;
  }

  usage(now: number, name: string): ScopeUsage[] {
    this.#book.release(now);
    const tenant = this.#book.tenant(name);
    const periods = periodsOf(now);
    const keys = [...tenant.keys].map(([id, counters]) => counters.usage('key', id, periods));
    const inUse = keys.filter((usage) => usage.month.requests > 0 || usage.concurrentRequests > 0);
    inUse.sort((a, b) => (a.id < b.id ? -1 : 1));
    return [tenant.scope.usage('tenant', name, periods), ...inUse];
  }

  #parseLimits(text: string): readonly number[] {
    if (text === '') return NO_LIMITS;
    const cached = this.#limits.get(text);
    if (cached) return cached;
    const parsed = text.split('|').map((part) => (part === '' ? Number.POSITIVE_INFINITY : Number(part)));
    if (this.#limits.size >= CACHED_LIMITS) this.#limits.clear();
    this.#limits.set(text, parsed);
    return parsed;
  }
}
