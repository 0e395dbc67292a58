import { describe, expect, it, beforeAll, afterAll } from 'vitest';
import type { LedgerContractOptions, LedgerHarness } from './ledger-harness.ts';
import { admitted, amount, fresh, keyScope, MIDDAY, tenantScope } from './ledger-harness.ts';
import { ledgerProperties } from './ledger-properties.ts';

const TTL = 60_000;

/** What every ledger must do. `open` gives one whose clock stands at a moment of its own choosing. */
export function ledgerContract(
  name: string,
  open: () => Promise<LedgerHarness>,
  options: LedgerContractOptions = {},
): void {
  describe(`${name} as a ledger`, () => {
    let harness: LedgerHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(async () => harness.close());

    const reserve = (tenant: string, limits: object, worst = amount(10, 20, 30), more: object = {}) =>
      harness.ledger.reserve({
        id: fresh('r'),
        tenant,
        scopes: [tenantScope(tenant, limits)],
        worstCase: worst,
        ttlMs: TTL,
        ...more,
      });
    const tenantUsage = async (tenant: string) => (await harness.ledger.usage(tenant))[0]!;

    it('reads a tenant it has never seen as unused', async () => {
      const tenant = fresh('t');
      const none = { requests: 0, tokens: 0, nanoUsd: 0 };
      expect(await harness.ledger.usage(tenant)).toEqual([
        { scope: 'tenant', id: tenant, minute: none, day: none, month: none, concurrentRequests: 0 },
      ]);
    });

    it('counts the worst case while a reservation is in force and what was used once it is settled', async () => {
      const tenant = fresh('t');
      const scopes = [tenantScope(tenant, {}), keyScope('pk_1', {})];
      const decision = await reserve(tenant, {}, amount(100, 200, 300), { scopes });
      const reservation = admitted(decision);
      expect(reservation).toMatchObject({ tenant, keyId: 'pk_1', worstCase: amount(100, 200, 300) });
      expect(reservation.reservedAt).toBe(harness.clock.now());
      expect(reservation.expiresAt).toBe(harness.clock.now() + TTL);
      const held = { requests: 1, tokens: 300, nanoUsd: 300 };
      const [forTenant, forKey] = await harness.ledger.usage(tenant);
      expect(forTenant).toMatchObject({ minute: held, day: held, month: held, concurrentRequests: 1 });
      expect(forKey).toMatchObject({ scope: 'key', id: 'pk_1', minute: held, day: held, concurrentRequests: 1 });
      expect(await harness.ledger.settle(reservation, amount(90, 11, 12))).toEqual({
        id: reservation.id,
        tenant,
        keyId: 'pk_1',
        charged: amount(90, 11, 12),
        expired: false,
      });
      const used = { requests: 1, tokens: 101, nanoUsd: 12 };
      for (const usage of await harness.ledger.usage(tenant))
        expect(usage).toMatchObject({ minute: used, day: used, month: used, concurrentRequests: 0 });
    });

    it('settles once', async () => {
      const tenant = fresh('t');
      const reservation = admitted(await reserve(tenant, {}));
      const both = await Promise.all([
        harness.ledger.settle(reservation, amount(1)),
        harness.ledger.settle(reservation, amount(2)),
      ]);
      expect(both.filter((settlement) => settlement !== undefined)).toHaveLength(1);
      const charged = both.find((settlement) => settlement !== undefined)!.charged;
      expect(await harness.ledger.settle(reservation, amount(3))).toBeUndefined();
      expect((await tenantUsage(tenant)).month.tokens).toBe(charged.inputTokens);
    });

    it('refuses to hold two reservations of one id', async () => {
      const tenant = fresh('t');
      const id = fresh('same');
      const both = await Promise.allSettled([
        reserve(tenant, {}, amount(1), { id }),
        reserve(tenant, {}, amount(1), { id }),
      ]);
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
      expect((await tenantUsage(tenant)).minute.requests).toBe(1);
    });

    it.each([
      ['requestsPerMinute', { requestsPerMinute: 1 }, 'minute'],
      ['tokensPerMinute', { tokensPerMinute: 59 }, 'minute'],
      ['tokensPerDay', { tokensPerDay: 59 }, 'day'],
      ['tokensPerMonth', { tokensPerMonth: 59 }, 'month'],
      ['nanoUsdPerDay', { nanoUsdPerDay: 59 }, 'day'],
      ['nanoUsdPerMonth', { nanoUsdPerMonth: 59 }, 'month'],
      ['concurrentRequests', { concurrentRequests: 1 }, 'now'],
    ] as const)('refuses by %s, and says how long to wait', async (limit, limits, period) => {
      const tenant = fresh('t');
      const before = harness.clock.now();
      admitted(await reserve(tenant, limits));
      const refused = await reserve(tenant, limits);
      expect(refused).toMatchObject({ admitted: false, limit, scope: 'tenant', neverFits: false });
      if (refused.admitted) return;
      expect((await tenantUsage(tenant)).minute.requests).toBe(1);
      if (period === 'now') {
        expect(refused.retryAfterMs).toBeGreaterThan(0);
        expect(refused.retryAfterMs).toBeLessThanOrEqual(5_000);
        return;
      }
      const end = new Date(before + refused.retryAfterMs);
      expect(end.getUTCSeconds() + end.getUTCMilliseconds()).toBe(0);
      if (period !== 'minute') expect(end.getUTCHours() + end.getUTCMinutes()).toBe(0);
      if (period === 'month') expect(end.getUTCDate()).toBe(1);
      harness.clock.advance(refused.retryAfterMs);
      // The first one has expired by then or still holds its slot; what was in the way was the period.
      expect(await reserve(tenant, limits)).toMatchObject({ admitted: true });
    });

    it("names the key's limit when the tenant has room, and counts nothing for either", async () => {
      const tenant = fresh('t');
      const scopes = [tenantScope(tenant, { tokensPerDay: 1_000 }), keyScope('pk_1', { tokensPerDay: 40 })];
      admitted(await reserve(tenant, {}, amount(30), { scopes }));
      expect(await reserve(tenant, {}, amount(30), { scopes })).toMatchObject({ limit: 'tokensPerDay', scope: 'key' });
      expect((await tenantUsage(tenant)).day).toEqual({ requests: 1, tokens: 30, nanoUsd: 0 });
      const other = [tenantScope(tenant, { tokensPerDay: 1_000 }), keyScope('pk_2', { tokensPerDay: 40 })];
      expect(await reserve(tenant, {}, amount(30), { scopes: other })).toMatchObject({ admitted: true });
    });

    it('says so when a request is larger than a limit, and names the limit that takes longest to clear', async () => {
      const tenant = fresh('t');
      expect(await reserve(tenant, { tokensPerMinute: 29 })).toMatchObject({ neverFits: true });
      expect(await reserve(tenant, { concurrentRequests: 0 })).toMatchObject({ neverFits: true });
      const limits = { requestsPerMinute: 1, tokensPerDay: 59 };
      admitted(await reserve(tenant, limits));
      expect(await reserve(tenant, limits)).toMatchObject({ limit: 'tokensPerDay', neverFits: false });
    });

    it('lets a request through that exactly fills a limit', async () => {
      const tenant = fresh('t');
      expect(await reserve(tenant, { tokensPerMinute: 30, nanoUsdPerDay: 30, requestsPerMinute: 1 })).toMatchObject({
        admitted: true,
      });
      expect(await reserve(tenant, { nanoUsdPerDay: 30 }, amount(5, 5, 0))).toMatchObject({ admitted: true });
    });

    it('gives the slot of an expired reservation back, charges it in full and hands it out once', async () => {
      const tenant = fresh('t');
      const limits = { concurrentRequests: 1 };
      const lost = admitted(await reserve(tenant, limits));
      expect(await reserve(tenant, limits)).toMatchObject({ admitted: false });
      harness.clock.advance(TTL);
      expect(await harness.ledger.settle(lost, amount(1))).toBeUndefined();
      const next = admitted(await reserve(tenant, limits));
      expect((await tenantUsage(tenant)).concurrentRequests).toBe(1);
      expect(await harness.ledger.settle(lost, amount(1))).toBeUndefined();
      expect(await harness.ledger.sweep({ tenant })).toEqual([
        { id: lost.id, tenant, keyId: undefined, charged: lost.worstCase, expired: true },
      ]);
      expect(await harness.ledger.sweep({ tenant })).toEqual([]);
      await harness.ledger.settle(next, amount(5));
      const usage = await tenantUsage(tenant);
      expect(usage).toMatchObject({ day: { requests: 2, tokens: 35 }, concurrentRequests: 0 });
    });

    it('sweeps all tenants, and no more than it is asked to', async () => {
      while ((await harness.ledger.sweep()).length > 0);
      const tenants = [fresh('t'), fresh('t'), fresh('t')];
      for (const tenant of tenants) admitted(await reserve(tenant, {}));
      expect(await harness.ledger.sweep()).toEqual([]);
      harness.clock.advance(TTL);
      const first = await harness.ledger.sweep({ limit: 2 });
      expect(first).toHaveLength(2);
      const rest = await harness.ledger.sweep();
      expect([...first, ...rest].map(({ tenant }) => tenant).sort()).toEqual([...tenants].sort());
    });

    it('keeps a reservation in force as long as it is renewed', async () => {
      const tenant = fresh('t');
      const kept = admitted(await reserve(tenant, {}));
      const settled = admitted(await reserve(tenant, {}));
      const lost = admitted(await reserve(tenant, {}));
      await harness.ledger.settle(settled, amount(1));
      harness.clock.advance(TTL / 2);
      expect(await harness.ledger.renew([kept, settled], TTL)).toEqual([kept.id]);
      harness.clock.advance(TTL / 2);
      expect(await harness.ledger.renew([lost], TTL)).toEqual([]);
      expect((await harness.ledger.sweep({ tenant })).map(({ id }) => id)).toEqual([lost.id]);
      expect(await harness.ledger.settle(kept, amount(1))).toMatchObject({ expired: false });
    });

    it('begins every minute, day and month at nothing, and settles into the period of the reservation', async () => {
      const tenant = fresh('t');
      const now = harness.clock.now();
      harness.clock.set(Math.max(now, MIDDAY) + (60_000 - (Math.max(now, MIDDAY) % 60_000)) + 59_000);
      const held = admitted(await reserve(tenant, {}, amount(100), { ttlMs: 86_400_000 }));
      harness.clock.advance(1_000);
      expect(await tenantUsage(tenant)).toMatchObject({ minute: { requests: 0, tokens: 0 }, concurrentRequests: 1 });
      await harness.ledger.settle(held, amount(40));
      expect(await tenantUsage(tenant)).toMatchObject({ minute: { requests: 0, tokens: 0 }, month: { tokens: 40 } });
      harness.clock.advance(86_400_000);
      expect(await tenantUsage(tenant)).toMatchObject({ day: { requests: 0, tokens: 0 } });
      harness.clock.advance(31 * 86_400_000);
      expect(await tenantUsage(tenant)).toMatchObject({ month: { requests: 0, tokens: 0, nanoUsd: 0 } });
    });

    it('refuses what no ledger can hold', async () => {
      const tenant = fresh('t');
      await expect(reserve(tenant, {}, amount(-1))).rejects.toMatchObject({ code: 'internal' });
      await expect(reserve(tenant, {}, amount(1.5))).rejects.toMatchObject({ code: 'internal' });
      await expect(reserve(tenant, {}, amount(1), { ttlMs: 0 })).rejects.toMatchObject({ code: 'internal' });
      await expect(reserve(tenant, {}, amount(1), { id: '' })).rejects.toMatchObject({ code: 'internal' });
    });

    it('admits exactly what the limits allow to 200 callers at once', async () => {
      const tenant = fresh('t');
      const scopes = (index: number) => [
        tenantScope(tenant, { tokensPerDay: 1_000, requestsPerMinute: 150 }),
        keyScope(`pk_${index % 4}`, { concurrentRequests: 12 }),
      ];
      const decisions = await Promise.all(
        Array.from({ length: 200 }, (_, index) => reserve(tenant, {}, amount(10, 13), { scopes: scopes(index) })),
      );
      const held = decisions.filter((decision) => decision.admitted).map(admitted);
      // 1000 / 23 tokens: 43 fit, and 4 keys have 48 slots.
      expect(held).toHaveLength(43);
      expect((await tenantUsage(tenant)).day).toEqual({ requests: 43, tokens: 43 * 23, nanoUsd: 0 });
      await Promise.all(held.map((reservation) => harness.ledger.settle(reservation, amount(1))));
      expect(await tenantUsage(tenant)).toMatchObject({ day: { tokens: 43 }, concurrentRequests: 0 });
    });

    const standing = { standing: true, ttlMs: 3_600_000 };

    it('holds standing work to the budgets of day and month, and lets requests go on beside it', async () => {
      const tenant = fresh('t');
      const limits = { requestsPerMinute: 1, concurrentRequests: 1, tokensPerMinute: 50, tokensPerDay: 1_000 };
      const scopes = [tenantScope(tenant, limits), keyScope('pk_1', limits)];
      const batch = admitted(await reserve(tenant, {}, amount(300, 600, 30), { scopes, ...standing }));
      expect(batch).toMatchObject({ standing: true, keyId: 'pk_1' });
      const none = { requests: 0, tokens: 0, nanoUsd: 0 };
      const counted = { requests: 1, tokens: 900, nanoUsd: 30 };
      for (const usage of await harness.ledger.usage(tenant))
        expect(usage).toMatchObject({ minute: none, day: counted, month: counted, concurrentRequests: 0 });
      // What is full for requests is no reason to refuse standing work, and the other way round.
      const request = admitted(await reserve(tenant, {}, amount(50), { scopes }));
      expect(await reserve(tenant, {}, amount(51), { scopes, ...standing })).toMatchObject({
        admitted: false,
        limit: 'tokensPerDay',
        neverFits: false,
      });
      expect(await reserve(tenant, {}, amount(1_001), { scopes, ...standing })).toMatchObject({ neverFits: true });
      await harness.ledger.settle(batch, amount(100, 100, 5));
      await harness.ledger.settle(request, amount(1));
      for (const usage of await harness.ledger.usage(tenant)) {
        expect(usage).toMatchObject({ minute: { requests: 1, tokens: 1 }, concurrentRequests: 0 });
        expect(usage).toMatchObject({ day: { requests: 2, tokens: 201, nanoUsd: 5 }, month: { tokens: 201 } });
      }
      expect(await harness.ledger.settle(batch, amount(1))).toBeUndefined();
    });

    it.each(['tokensPerDay', 'tokensPerMonth', 'nanoUsdPerDay', 'nanoUsdPerMonth'] as const)(
      'refuses standing work by %s',
      async (limit) => {
        const tenant = fresh('t');
        admitted(await reserve(tenant, { [limit]: 59 }, undefined, standing));
        expect(await reserve(tenant, { [limit]: 59 }, undefined, standing)).toMatchObject({ limit, neverFits: false });
      },
    );

    it('brings standing work down to what it can still come to, however often it is told, and never up', async () => {
      const tenant = fresh('t');
      const scopes = [tenantScope(tenant, {}), keyScope('pk_1', {})];
      const batch = admitted(await reserve(tenant, {}, amount(300, 600, 90), { scopes, ...standing }));
      for (let times = 0; times < 2; times++)
        expect(await harness.ledger.lower(batch, amount(200, 500, 80))).toEqual({
          ...batch,
          worstCase: amount(200, 500, 80),
        });
      expect(await harness.ledger.lower(batch, amount(1_000, 400, 100))).toMatchObject({
        worstCase: amount(200, 400, 80),
      });
      for (const usage of await harness.ledger.usage(tenant))
        expect(usage).toMatchObject({ minute: { tokens: 0 }, day: { requests: 1, tokens: 600, nanoUsd: 80 } });
      await Promise.all([150, 120, 140].map((tokens) => harness.ledger.lower(batch, amount(tokens, 400, 80))));
      // Settled by somebody who knows nothing of all that.
      expect(await harness.ledger.settle(batch, amount(10, 20, 3))).toMatchObject({ charged: amount(10, 20, 3) });
      for (const usage of await harness.ledger.usage(tenant))
        expect(usage).toMatchObject({ day: { requests: 1, tokens: 30, nanoUsd: 3 }, month: { tokens: 30 } });
      expect(await harness.ledger.lower(batch, amount(1))).toBeUndefined();
    });

    it('renews standing work, and charges what it stood at when its holder is lost', async () => {
      const tenant = fresh('t');
      const batch = admitted(await reserve(tenant, {}, amount(300, 600, 90), { standing: true }));
      await harness.ledger.lower(batch, amount(100, 200, 30));
      harness.clock.advance(TTL / 2);
      expect(await harness.ledger.renew([batch], TTL)).toEqual([batch.id]);
      harness.clock.advance(TTL / 2);
      expect(await harness.ledger.lower(batch, amount(100, 150, 30))).toMatchObject({
        expiresAt: harness.clock.now() + TTL / 2,
      });
      harness.clock.advance(TTL / 2);
      expect(await harness.ledger.lower(batch, amount(1))).toBeUndefined();
      expect(await harness.ledger.settle(batch, amount(1))).toBeUndefined();
      expect(await harness.ledger.sweep({ tenant })).toEqual([
        { id: batch.id, tenant, keyId: undefined, charged: amount(100, 150, 30), expired: true },
      ]);
      expect(await tenantUsage(tenant)).toMatchObject({ month: { tokens: 250, nanoUsd: 30 }, concurrentRequests: 0 });
    });

    it('lowers no request', async () => {
      const reservation = admitted(await reserve(fresh('t'), {}));
      await expect(harness.ledger.lower(reservation, amount(1))).rejects.toMatchObject({ code: 'internal' });
    });

    ledgerProperties(() => harness, options.runs ?? 30);
  });
}
