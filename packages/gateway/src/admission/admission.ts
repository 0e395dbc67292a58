import type { Identity } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import type { Amount, Ledger, Reservation, Settlement } from '@plinth/stores';
import { refusalError } from './refusal.ts';

export interface AdmissionOptions {
  readonly ledger: Ledger;
  /** A reservation not renewed for this long is taken as lost, milliseconds. */
  readonly ttlMs: number;
  /** Requests this process works on at once, all tenants together; over it is a 503. @default 2_000 */
  readonly maxInFlight?: number;
  /**
   * Whether upkeep looks for lost reservations of all tenants. Where that is a scan of a table (DynamoDB), turn it off: the ledger also
   * sweeps a tenant whenever it is asked to reserve for it. @default true
   */
  readonly sweepAll?: boolean;
  /** Told of reservations whose holder was lost, so that they are audited. */
  readonly onExpired: (settlements: readonly Settlement[]) => void;
  readonly onError: (error: unknown) => void;
}

/** A request's place in the ledger, from admission to settlement. */
export interface Ticket {
  readonly reservation: Reservation;
  /** Once; later calls do nothing. */
  settle(used: Amount): Promise<void>;
}

/** Gives a request its place, or refuses it. Whoever has reserved for many requests at once hands out places in that. */
export type Admit = Pick<Admission, 'admit'>;

/**
 * Reserves before, settles after, and keeps alive what lies between: reservations of running requests are renewed together, and those
 * of processes that died are swept up. `start` begins that upkeep; without it (on Lambda, where a request is shorter than its
 * reservation) each tenant's own requests do the sweeping.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #open = new Map<string, Reservation>();
  #inFlight = 0;
  #upkeep: NodeJS.Timeout | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  start(): void {
    this.#upkeep ??= setInterval(() => void this.#maintain(), Math.max(250, this.#options.ttlMs / 3)).unref();
  }

  stop(): void {
    clearInterval(this.#upkeep);
    this.#upkeep = undefined;
  }

  /**
   * @param worstCase What the request may come to.
   * @param tighter Asked only when `worstCase` is refused for its size: a closer bound, if one can be had.
   */
  async admit(
    id: string,
    identity: Identity,
    worstCase: Amount,
    tighter: () => Promise<Amount | undefined>,
  ): Promise<Ticket> {
    if (this.#inFlight >= (this.#options.maxInFlight ?? 2_000))
      throw new PlatformError('overloaded', 'The platform is at its limit of requests at once. Retry shortly.', {
        retryAfterSeconds: 1,
      });
    this.#inFlight++;
    try {
      const reservation = await this.#reserve(id, identity, worstCase, tighter);
      this.#open.set(id, reservation);
      return { reservation, settle: (used) => this.#settle(reservation, used) };
    } catch (error) {
      this.#inFlight--;
      throw error;
    }
  }

  async #reserve(
    id: string,
    identity: Identity,
    worstCase: Amount,
    tighter: () => Promise<Amount | undefined>,
  ): Promise<Reservation> {
    const request = {
      tenant: identity.tenant,
      scopes: [
        { scope: 'tenant' as const, id: identity.tenant, limits: identity.tenantLimits },
        { scope: 'key' as const, id: identity.scopeId, limits: identity.scopeLimits },
      ],
      ttlMs: this.#options.ttlMs,
    };
    const decision = await this.#options.ledger.reserve({ ...request, id, worstCase });
    if (decision.admitted) return decision.reservation;
    if (!/tokens|nanoUsd/.test(decision.limit)) throw refusalError(decision);
    const closer = await tighter();
    if (closer === undefined) throw refusalError(decision);
    const second = await this.#options.ledger.reserve({ ...request, id, worstCase: closer });
    if (!second.admitted) throw refusalError(second);
    return second.reservation;
  }

  async #settle(reservation: Reservation, used: Amount): Promise<void> {
    if (!this.#open.delete(reservation.id)) return;
    this.#inFlight--;
    await this.#options.ledger.settle(reservation, used);
  }

  async #maintain(): Promise<void> {
    try {
      if (this.#open.size > 0) await this.#options.ledger.renew([...this.#open.values()], this.#options.ttlMs);
      if (this.#options.sweepAll === false) return;
      const lost = await this.#options.ledger.sweep({ limit: 1_000 });
      if (lost.length > 0) this.#options.onExpired(lost);
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
