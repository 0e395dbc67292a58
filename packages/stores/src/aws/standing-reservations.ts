import { PlatformError } from '@plinth/contracts';
import { lowered } from '../ledger/check-request.ts';
import { periodsOf } from '../ledger/periods.ts';
import type { Clock } from '../ports/clock.ts';
import type { Amount, Reservation, Settlement } from '../ports/ledger.ts';
import { ConditionFailed } from './dynamo-caller.ts';
import { UpdateExpression } from './expression.ts';
import type { KeyAliases } from './key-aliases.ts';
import type { HeldReservation } from './ledger-item.ts';
import { counterName, heldValue, reservationsOf, STANDING } from './ledger-item.ts';

const TRIES = 8;
/** The periods a standing reservation counts in. */
export const BUDGETED = ['day', 'month'] as const;

/**
 * Reservations whose amount changes while they are in force. Whoever settles may not know what it was brought down to, so each change
 * reads it first and is held to what was read. That is one read more than a request pays; a batch pays it once a commit at most.
 */
export class StandingReservations {
  readonly #aliases: KeyAliases;
  readonly #clock: Clock;
  readonly #update: (tenant: string, update: UpdateExpression) => Promise<unknown>;

  constructor(
    aliases: KeyAliases,
    clock: Clock,
    update: (tenant: string, update: UpdateExpression) => Promise<unknown>,
  ) {
    this.#aliases = aliases;
    this.#clock = clock;
    this.#update = update;
  }

  async lower(reservation: Reservation, worstCase: Amount): Promise<Reservation | undefined> {
    const left = await this.#change(reservation, (held) => lowered(held.worstCase, worstCase), false);
    return left === 'gone' || left === 'gone by us' ? undefined : { ...reservation, ...left };
  }

  async settle(reservation: Reservation, used: Amount): Promise<Settlement | undefined> {
    const { id, tenant, keyId } = reservation;
    const charged = { inputTokens: used.inputTokens, outputTokens: used.outputTokens, nanoUsd: used.nanoUsd };
    const left = await this.#change(reservation, () => charged, true);
    return left === 'gone' ? undefined : { id, tenant, keyId, charged, expired: false };
  }

  /** Counts another amount from now on, and with `ends` lets the reservation go. */
  async #change(
    { id, tenant }: Reservation,
    amountOf: (held: HeldReservation) => Amount,
    ends: boolean,
  ): Promise<Pick<Reservation, 'worstCase' | 'expiresAt'> | 'gone' | 'gone by us'> {
    let repeated = false;
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const stored = reservationsOf(await this.#aliases.readItem(tenant)).filter(({ held }) => held.id === id);
      const now = this.#clock.now();
      const found = stored.find(({ expiredAlready, held }) => !expiredAlready && held.expiresAt > now);
      // Gone without a trace on a repeated write: only our own first try can have done that.
      if (!found) return repeated && stored.length === 0 ? 'gone by us' : 'gone';
      const { attribute, value, held } = found;
      const worstCase = amountOf(held);
      const left = { worstCase, expiresAt: held.expiresAt };
      const update = new UpdateExpression();
      update.requireEqual(attribute, value);
      if (ends) {
        update.remove(attribute);
        update.add(STANDING, -1);
      } else {
        const next = heldValue({ ...held, worstCase });
        if (next === value) return left;
        update.set(attribute, next);
      }
      const tokens =
        worstCase.inputTokens + worstCase.outputTokens - held.worstCase.inputTokens - held.worstCase.outputTokens;
      const [then, today] = [periodsOf(held.reservedAt), periodsOf(now)];
      for (const scope of held.alias === undefined ? [undefined] : [undefined, held.alias])
        for (const period of BUDGETED) {
          // Older counters limit nothing any more and may have been cleared away.
          if (then[period] < today[period] - 1) continue;
          update.add(counterName(period, then, 't', scope), tokens);
          update.add(counterName(period, then, 'u', scope), worstCase.nanoUsd - held.worstCase.nanoUsd);
        }
      try {
        await this.#update(tenant, update);
        return left;
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        repeated ||= error.repeated;
      }
    }
    throw new PlatformError('overloaded', "This tenant's ledger is too busy to change a reservation. Retry shortly.");
  }
}
