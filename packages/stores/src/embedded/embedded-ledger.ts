import type { Limits } from '@plinth/contracts';
import { checkAmount, checkLower, checkReserve, checkTtl, LEDGER_BOUNDS } from '../ledger/check-request.ts';
import type { Refusal } from '../ledger/limit-rules.ts';
import { limitValues } from '../ledger/limit-rules.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  Amount,
  Ledger,
  Reservation,
  ReserveDecision,
  ReserveRequest,
  ScopeUsage,
  Settlement,
} from '../ports/ledger.ts';
import type { GroupCommit } from './group-commit.ts';
import { RESERVE, SETTLE, type ReserveOp, type SettleOp } from './protocol.ts';

export class EmbeddedLedger implements Ledger {
  readonly #queue: GroupCommit;
  readonly #clock: Clock;
  /** Limits objects live as long as the tenant or key record they are part of, so their text is made once. */
  readonly #limitTexts = new WeakMap<Limits, string>();

  constructor(queue: GroupCommit, clock: Clock) {
    this.#queue = queue;
    this.#clock = clock;
  }

  async reserve(request: ReserveRequest): Promise<ReserveDecision> {
    const op = this.operation(request);
    const { standing } = request;
    const result = standing
      ? await this.#queue.call('reserveStanding', op)
      : ((await this.#queue.submit(op)) as 0 | Refusal);
    if (result !== 0) return result;
    const [, now, id, tenant, keyId, , , inputTokens, outputTokens, nanoUsd, ttlMs] = op;
    const reservation = {
      id,
      tenant,
      keyId: keyId === '' ? undefined : keyId,
      worstCase: { inputTokens, outputTokens, nanoUsd },
      reservedAt: now,
      expiresAt: now + ttlMs,
      ...(standing && { standing }),
    };
    return { admitted: true, reservation };
  }

  /** A checked request as the database thread takes it. */
  operation(request: ReserveRequest): ReserveOp {
    const { tenant, key } = checkReserve(request);
    const { id, worstCase, ttlMs } = request;
    const { inputTokens, outputTokens, nanoUsd } = worstCase;
    return [
      RESERVE,
      this.#clock.now(),
      id,
      request.tenant,
      key?.id ?? '',
      tenant ? this.#limitText(tenant.limits) : '',
      key ? this.#limitText(key.limits) : '',
      inputTokens,
      outputTokens,
      nanoUsd,
      ttlMs,
    ];
  }

  async settle(reservation: Reservation, used: Amount): Promise<Settlement | undefined> {
    checkAmount(used, 'What was used');
    const { id, tenant, standing } = reservation;
    const { inputTokens, outputTokens, nanoUsd } = used;
    const now = this.#clock.now();
    const op: SettleOp = [SETTLE, now, id, tenant, inputTokens, outputTokens, nanoUsd];
    const keyId = standing
      ? await this.#queue.call('settleStanding', op)
      : ((await this.#queue.submit(op)) as string | undefined);
    if (keyId === undefined) return undefined;
    const charged = { inputTokens, outputTokens, nanoUsd };
    return { id, tenant, keyId: keyId === '' ? undefined : keyId, charged, expired: false };
  }

  async lower(reservation: Reservation, worstCase: Amount): Promise<Reservation | undefined> {
    checkLower(reservation, worstCase);
    const { id, tenant } = reservation;
    const present = await this.#queue.call('lower', this.#clock.now(), tenant, id, worstCase);
    return present && { ...reservation, ...present };
  }

  async renew(reservations: readonly Reservation[], ttlMs: number): Promise<readonly string[]> {
    checkTtl(ttlMs);
    const wanted = reservations.map(({ tenant, id }) => [tenant, id] as const);
    const renewed: string[] = [];
    for (let start = 0; start < wanted.length; start += LEDGER_BOUNDS.renewals) {
      const part = wanted.slice(start, start + LEDGER_BOUNDS.renewals);
      renewed.push(...(await this.#queue.call('renew', this.#clock.now(), part, ttlMs)));
    }
    return renewed;
  }

  async sweep(options: { tenant?: string; limit?: number } = {}): Promise<readonly Settlement[]> {
    const limit = Math.min(options.limit ?? LEDGER_BOUNDS.defaultSweep, LEDGER_BOUNDS.sweep);
    return this.#queue.call('sweep', this.#clock.now(), options.tenant, limit);
  }

  async usage(tenant: string): Promise<readonly ScopeUsage[]> {
    return this.#queue.call('usage', this.#clock.now(), tenant);
  }

  #limitText(limits: Limits): string {
    const known = this.#limitTexts.get(limits);
    if (known !== undefined) return known;
    const text = limitValues(limits)
      .map((limit) => (limit === Number.POSITIVE_INFINITY ? '' : String(limit)))
      .join('|');
    this.#limitTexts.set(limits, text);
    return text;
  }
}
