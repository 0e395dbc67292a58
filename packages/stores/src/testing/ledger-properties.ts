import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Limits } from '@plinth/contracts';
import type { ReserveDecision } from '../ports/ledger.ts';
import type { LedgerHarness } from './ledger-harness.ts';
import { amount, fresh, keyScope, tenantScope } from './ledger-harness.ts';
import type { ModelReservation } from './ledger-model.ts';
import { isJustified, LedgerModel, overspent } from './ledger-model.ts';

const KEYS = ['pk_a', 'pk_b'];
const TENANT_COUNT = 2;

type Action =
  | {
      do: 'reserve';
      tenant: number;
      key: number | undefined;
      input: number;
      output: number;
      money: number;
      ttl: number;
      standing: boolean;
    }
  /** `share` of the worst case was used; `pick` chooses among the reservations there are. */
  | { do: 'settle'; pick: number; share: number }
  /** `share` of what is reserved, or more, which must not raise it; of a standing one only. */
  | { do: 'lower'; pick: number; share: number }
  | { do: 'renew'; pick: number; ttl: number };
/** What happens at once, and how far the clock moves afterwards. */
type Step = { actions: Action[]; advance: number; sweep: boolean };

/** Round numbers, so that limits are often filled exactly, or missed by one. */
const tens = (max: number) => fc.nat(max).map((value) => value * 10);
const bound = (max: number) => fc.tuple(tens(max), fc.constantFrom(0, 9)).map(([round, more]) => round + more);
const ttl = fc.constantFrom(500, 5_000, 90_000, 3_600_000);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('reserve' as const),
      tenant: fc.nat(TENANT_COUNT - 1),
      key: fc.option(fc.nat(KEYS.length - 1), { nil: undefined }),
      input: tens(6),
      output: tens(6),
      money: tens(10),
      ttl,
      standing: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      pick: fc.nat(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('lower' as const),
      pick: fc.nat(),
      share: fc.double({ min: 0, max: 1.2, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renew' as const), pick: fc.nat(), ttl }) },
);
const step: fc.Arbitrary<Step> = fc.record({
  actions: fc.array(action, { minLength: 1, maxLength: 14 }),
  advance: fc.constantFrom(0, 0, 0, 0, 1, 400, 5_000, 59_000, 60_000, 3_600_000, 86_400_000, 31 * 86_400_000),
  sweep: fc.boolean(),
});
/** Few at a time: a scope with all its limits is only ever stopped by the tightest. */
const limit = (arbitrary: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary });
const limits: fc.Arbitrary<Limits> = fc.record({
  requestsPerMinute: limit(fc.nat(12)),
  concurrentRequests: limit(fc.nat(6)),
  tokensPerMinute: limit(bound(40)),
  tokensPerDay: limit(bound(60)),
  tokensPerMonth: limit(bound(120)),
  nanoUsdPerDay: limit(bound(40)),
  nanoUsdPerMonth: limit(bound(80)),
});
const scenario = fc.record({
  tenants: fc.array(limits, { minLength: TENANT_COUNT, maxLength: TENANT_COUNT }),
  keys: fc.array(limits, { minLength: KEYS.length, maxLength: KEYS.length }),
  steps: fc.array(step, { minLength: 2, maxLength: 14 }),
});

/** Random work, many callers at once, with holders that are lost and a clock that jumps, held against a model that only adds up. */
export function ledgerProperties(harnessOf: () => LedgerHarness, runs: number): void {
  it('is never over-spent, never leaks and never refuses without reason, whatever happens at once', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ tenants, keys, steps }) => {
        const run = new Run(harnessOf(), tenants, keys);
        for (const one of steps) await run.step(one);
        await run.end();
      }),
      { numRuns: runs },
    );
  }, 60_000);
}

class Run {
  readonly #harness: LedgerHarness;
  readonly #tenants: readonly { name: string; limits: Limits }[];
  readonly #keyLimits: readonly Limits[];
  readonly #model = new LedgerModel();

  constructor(harness: LedgerHarness, tenantLimits: readonly Limits[], keyLimits: readonly Limits[]) {
    this.#harness = harness;
    this.#tenants = tenantLimits.map((tenant) => ({ name: fresh('p'), limits: tenant }));
    this.#keyLimits = keyLimits;
  }

  async step({ actions, advance, sweep }: Step): Promise<void> {
    const refusals = await this.#together(actions);
    await this.#check();
    for (const check of refusals) check();
    this.#harness.clock.advance(advance);
    if (sweep) await this.#sweep();
    await this.#check();
  }

  /** Whoever still holds a reservation is lost now: in the end nothing is in force, and the totals are what was charged. */
  async end(): Promise<void> {
    this.#harness.clock.advance(3_600_000);
    await this.#sweep();
    for (const tenant of this.#tenants)
      for (const usage of await this.#harness.ledger.usage(tenant.name)) expect(usage.concurrentRequests).toBe(0);
    expect(this.#model.all.filter(({ end }) => end === undefined)).toEqual([]);
    await this.#check();
  }

  async #together(actions: readonly Action[]): Promise<(() => void)[]> {
    const checks: (() => void)[] = [];
    const inForce = this.#model.inForce(this.#harness.clock.now());
    // One settlement per reservation and step, so that what each came to is certain; settling twice follows below.
    const settling = new Set<ModelReservation>();
    await Promise.all(
      actions.map(async (one) => {
        if (one.do === 'reserve') checks.push(...(await this.#reserve(one)));
        else {
          const able = one.do === 'lower' ? inForce.filter(({ reservation }) => reservation.standing) : inForce;
          const held = able[one.pick % Math.max(1, able.length)];
          if (!held || settling.has(held)) return;
          settling.add(held);
          if (one.do === 'settle') await this.#settle(held, one.share);
          else if (one.do === 'lower') await this.#lower(held, one.share);
          else {
            const now = this.#harness.clock.now();
            expect(await this.#harness.ledger.renew([held.reservation], one.ttl)).toEqual([held.reservation.id]);
            held.expiresAt = now + one.ttl;
          }
        }
      }),
    );
    return checks;
  }

  async #reserve(one: Extract<Action, { do: 'reserve' }>): Promise<(() => void)[]> {
    const tenant = this.#tenants[one.tenant]!;
    const keyId = one.key === undefined ? undefined : KEYS[one.key]!;
    const keyLimits = one.key === undefined ? {} : this.#keyLimits[one.key]!;
    const worstCase = amount(one.input, one.output, one.money);
    const now = this.#harness.clock.now();
    const scopes = [tenantScope(tenant.name, tenant.limits)];
    if (keyId !== undefined) scopes.push(keyScope(keyId, keyLimits));
    const countBefore = this.#model.all.map((held) => ({ ...held }));
    const request = { worstCase, ...(one.standing && { standing: true as const }) };
    const decision: ReserveDecision = await this.#harness.ledger.reserve({
      id: fresh('r'),
      tenant: tenant.name,
      scopes,
      ttlMs: one.ttl,
      ...request,
    });
    if (decision.admitted) {
      this.#model.add(decision.reservation);
      return [];
    }
    // Checked when all is done: the most there can have been is what stood before plus all that was admitted since.
    return [
      () => {
        const most = new LedgerModel();
        most.all.push(...countBefore, ...this.#model.all.slice(countBefore.length).map(asReserved));
        const usage = most.usage(tenant.name, decision.scope === 'key' ? keyId : undefined, now);
        const of = decision.scope === 'key' ? keyLimits : tenant.limits;
        if (!isJustified(decision, usage, of, request))
          expect.fail(
            `refused by ${decision.scope} ${decision.limit} (${JSON.stringify(of)}) at ${JSON.stringify(usage)}`,
          );
      },
    ];
  }

  async #settle(held: ModelReservation, share: number): Promise<void> {
    const { worstCase } = held.reservation;
    const used = amount(
      Math.floor(worstCase.inputTokens * share),
      Math.floor(worstCase.outputTokens * share),
      Math.floor(worstCase.nanoUsd * share),
    );
    const settlement = await this.#harness.ledger.settle(held.reservation, used);
    expect(settlement).toMatchObject({ charged: used, expired: false });
    held.counted = used;
    held.end = 'settled';
    expect(await this.#harness.ledger.settle(held.reservation, worstCase)).toBeUndefined();
  }

  /** With the reservation as it was first handed out: whoever lowers it need not know what others brought it down to. */
  async #lower(held: ModelReservation, share: number): Promise<void> {
    const { inputTokens, outputTokens, nanoUsd } = held.counted;
    const wanted = amount(Math.floor(inputTokens * share), outputTokens, Math.floor(nanoUsd * share));
    const worstCase = amount(
      Math.min(inputTokens, wanted.inputTokens),
      outputTokens,
      Math.min(nanoUsd, wanted.nanoUsd),
    );
    const lowered = await this.#harness.ledger.lower(held.reservation, wanted);
    expect(lowered).toEqual({ ...held.reservation, worstCase, expiresAt: held.expiresAt });
    held.counted = worstCase;
  }

  async #sweep(): Promise<void> {
    const now = this.#harness.clock.now();
    for (const { name } of this.#tenants) {
      const due = this.#model.all.filter(
        ({ reservation, end, expiresAt }) => reservation.tenant === name && end === undefined && expiresAt <= now,
      );
      const swept = await this.#harness.ledger.sweep({ tenant: name });
      const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
      const charges = due.map(({ reservation, counted }) => ({ id: reservation.id, charged: counted }));
      expect(swept.map(({ id, charged }) => ({ id, charged })).sort(byId)).toEqual(charges.sort(byId));
      for (const held of due) held.end = 'swept';
    }
  }

  async #check(): Promise<void> {
    const now = this.#harness.clock.now();
    for (const { name, limits: tenantLimits } of this.#tenants) {
      for (const usage of await this.#harness.ledger.usage(name)) {
        const keyId = usage.scope === 'key' ? usage.id : undefined;
        expect(usage).toEqual(this.#model.usage(name, keyId, now));
        const of = keyId === undefined ? tenantLimits : this.#keyLimits[KEYS.indexOf(keyId)]!;
        expect(overspent(usage, of)).toEqual([]);
      }
    }
  }
}

const asReserved = (held: ModelReservation): ModelReservation => ({
  ...held,
  counted: held.reservation.worstCase,
  end: undefined,
});
