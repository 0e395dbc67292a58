import type { Amount, Ledger, Reservation, ReserveDecision, ReserveRequest, Settlement } from '@plinth/stores';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { anIdentity } from '../testing/samples.ts';
import { Admission, type AdmissionOptions } from './admission.ts';

const amount = (inputTokens: number): Amount => ({ inputTokens, outputTokens: 0, nanoUsd: 0 });
const noTighter = () => Promise.resolve(undefined);

/** Admits what is at most `room` tokens; remembers everything it was asked. */
class FakeLedger implements Ledger {
  room = Number.POSITIVE_INFINITY;
  limit: Extract<ReserveDecision, { admitted: false }>['limit'] = 'tokensPerDay';
  readonly reserves: ReserveRequest[] = [];
  readonly settled: [string, Amount][] = [];
  readonly renewals: string[][] = [];
  sweeps = 0;
  lost: Settlement[] = [];
  failing: Error | undefined;

  reserve(request: ReserveRequest): Promise<ReserveDecision> {
    this.reserves.push(request);
    if (this.failing !== undefined) return Promise.reject(this.failing);
    if (request.worstCase.inputTokens > this.room)
      return Promise.resolve({ admitted: false, limit: this.limit, scope: 'key', retryAfterMs: 5, neverFits: false });
    const { id, tenant, worstCase, ttlMs } = request;
    const reservation = { id, tenant, keyId: 'key1', worstCase, reservedAt: 0, expiresAt: ttlMs };
    return Promise.resolve({ admitted: true, reservation });
  }

  settle(reservation: Reservation, used: Amount): Promise<undefined> {
    this.settled.push([reservation.id, used]);
    return this.failing === undefined ? Promise.resolve(undefined) : Promise.reject(this.failing);
  }

  lower(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  renew(reservations: readonly Reservation[]): Promise<string[]> {
    if (this.failing !== undefined) return Promise.reject(this.failing);
    const ids = reservations.map(({ id }) => id);
    this.renewals.push(ids);
    return Promise.resolve(ids);
  }

  sweep(): Promise<readonly Settlement[]> {
    this.sweeps++;
    return Promise.resolve(this.lost.splice(0));
  }

  usage(): Promise<never[]> {
    return Promise.resolve([]);
  }
}

let ledger: FakeLedger;
let expired: Settlement[];
let errors: unknown[];
beforeEach(() => {
  [ledger, expired, errors] = [new FakeLedger(), [], []];
});

const open = (options: Partial<AdmissionOptions> = {}) =>
  new Admission({
    ledger,
    ttlMs: 60_000,
    onExpired: (settlements) => expired.push(...settlements),
    onError: (error) => errors.push(error),
    ...options,
  });

describe('admission', () => {
  it('reserves the worst case for the tenant and for the key, each with its limits', async () => {
    const identity = anIdentity({ tenantLimits: { tokensPerDay: 1 }, scopeLimits: { requestsPerMinute: 2 } });
    await open().admit('r1', identity, amount(7), noTighter);
    expect(ledger.reserves).toEqual([
      {
        id: 'r1',
        tenant: 'acme',
        worstCase: amount(7),
        ttlMs: 60_000,
        scopes: [
          { scope: 'tenant', id: 'acme', limits: { tokensPerDay: 1 } },
          { scope: 'key', id: 'key1', limits: { requestsPerMinute: 2 } },
        ],
      },
    ]);
  });

  it('tries once more with a closer bound when the first was too large', async () => {
    ledger.room = 10;
    const ticket = await open().admit('r1', anIdentity(), amount(50), () => Promise.resolve(amount(9)));
    expect(ticket.reservation.worstCase).toEqual(amount(9));
    expect(ledger.reserves).toHaveLength(2);
  });

  it('refuses when no closer bound can be had, or when it is too large as well', async () => {
    ledger.room = 10;
    const admission = open();
    await expect(admission.admit('r1', anIdentity(), amount(50), noTighter)).rejects.toMatchObject({
      code: 'budget_exceeded',
    });
    const stillTooMuch = () => Promise.resolve(amount(11));
    await expect(admission.admit('r2', anIdentity(), amount(50), stillTooMuch)).rejects.toMatchObject({ status: 429 });
    expect(ledger.reserves).toHaveLength(3);
    expect(admission.inFlight).toBe(0);
  });

  it.each(['requestsPerMinute', 'concurrentRequests'] as const)(
    'does not count tokens when %s stood in the way',
    async (limit) => {
      ledger.room = 0;
      ledger.limit = limit;
      const tighter = vi.fn(noTighter);
      await expect(open().admit('r1', anIdentity(), amount(1), tighter)).rejects.toMatchObject({ status: 429 });
      expect(tighter).not.toHaveBeenCalled();
    },
  );

  it('takes no more at once than it is set to, and a place is free again when a request was settled', async () => {
    const admission = open({ maxInFlight: 2 });
    const first = await admission.admit('r1', anIdentity(), amount(1), noTighter);
    await admission.admit('r2', anIdentity(), amount(1), noTighter);
    await expect(admission.admit('r3', anIdentity(), amount(1), noTighter)).rejects.toMatchObject({
      code: 'overloaded',
      status: 503,
      retryAfterSeconds: 1,
    });
    expect(ledger.reserves).toHaveLength(2);
    await first.settle(amount(1));
    await expect(admission.admit('r3', anIdentity(), amount(1), noTighter)).resolves.toBeDefined();
  });

  it('holds that limit for requests that arrive in the same instant', async () => {
    const admission = open({ maxInFlight: 3 });
    const tried = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => admission.admit(`r${n}`, anIdentity(), amount(1), noTighter)),
    );
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('gives the place back when the ledger or the closer count fails', async () => {
    const admission = open({ maxInFlight: 1 });
    ledger.failing = new Error('down');
    await expect(admission.admit('r1', anIdentity(), amount(1), noTighter)).rejects.toThrow('down');
    ledger.failing = undefined;
    ledger.room = 0;
    const broken = () => Promise.reject(new Error('no tokenizer'));
    await expect(admission.admit('r2', anIdentity(), amount(1), broken)).rejects.toThrow('no tokenizer');
    expect(admission.inFlight).toBe(0);
  });
});

describe('a ticket', () => {
  it('is settled once, however often it is asked to', async () => {
    const admission = open();
    const ticket = await admission.admit('r1', anIdentity(), amount(9), noTighter);
    await Promise.all([ticket.settle(amount(4)), ticket.settle(amount(5)), ticket.settle(amount(6))]);
    expect(ledger.settled).toEqual([['r1', amount(4)]]);
    expect(admission.inFlight).toBe(0);
  });

  it('gives its place back even when the ledger cannot settle it, which then expires there', async () => {
    const admission = open();
    const ticket = await admission.admit('r1', anIdentity(), amount(9), noTighter);
    ledger.failing = new Error('down');
    await expect(ticket.settle(amount(4))).rejects.toThrow('down');
    expect(admission.inFlight).toBe(0);
  });
});

describe('upkeep', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('renews what is running, three times in its life, and sweeps up what was lost', async () => {
    const admission = open();
    admission.start();
    admission.start();
    const ticket = await admission.admit('r1', anIdentity(), amount(1), noTighter);
    await admission.admit('r2', anIdentity(), amount(1), noTighter);
    const settlement = { id: 'x', tenant: 'acme', keyId: undefined, charged: amount(3), expired: true };
    ledger.lost = [settlement];
    await vi.advanceTimersByTimeAsync(20_000);
    expect(ledger.renewals).toEqual([['r1', 'r2']]);
    expect(expired).toEqual([settlement]);
    await ticket.settle(amount(1));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(ledger.renewals[1]).toEqual(['r2']);
    admission.stop();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(ledger.sweeps).toBe(2);
  });

  it('says nothing when nothing was lost, and renews nothing when nothing runs', async () => {
    const onExpired = vi.fn();
    const admission = open({ onExpired });
    admission.start();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(ledger).toMatchObject({ sweeps: 1, renewals: [] });
    expect(onExpired).not.toHaveBeenCalled();
    admission.stop();
  });

  it('tells of a failure and goes on at the next turn', async () => {
    const admission = open();
    admission.start();
    await admission.admit('r1', anIdentity(), amount(1), noTighter);
    ledger.failing = new Error('down');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(errors).toEqual([ledger.failing]);
    ledger.failing = undefined;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(ledger.renewals).toEqual([['r1']]);
    admission.stop();
  });
});
