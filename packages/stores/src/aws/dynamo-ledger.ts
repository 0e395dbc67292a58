import { randomBytes } from 'node:crypto';
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Limits } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import type { RequestScopes } from '../ledger/check-request.ts';
import { checkAmount, checkLower, checkReserve, checkTtl, LEDGER_BOUNDS } from '../ledger/check-request.ts';
import { LIMIT_RULES, limitValues, neededOf, refusalOf } from '../ledger/limit-rules.ts';
import { periodsOf } from '../ledger/periods.ts';
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
import { keyOf, textOf } from './attributes.ts';
import type { DynamoCaller, Item } from './dynamo-caller.ts';
import { ConditionFailed } from './dynamo-caller.ts';
import { UpdateExpression } from './expression.ts';
import { Expiry } from './expiry.ts';
import { groupBy } from './group-by.ts';
import { Housekeeping } from './housekeeping.ts';
import { KeyAliases, tenantPk } from './key-aliases.ts';
import {
  afterText,
  aliasName,
  concurrentName,
  counterName,
  expiredName,
  heldName,
  heldValue,
  ITEM_BOUNDS,
  LEDGER_SK,
  reservationsOf,
  STANDING,
  usageOf,
  usedOf,
} from './ledger-item.ts';
import { BUDGETED, StandingReservations } from './standing-reservations.ts';

const TRIES = 8;
const PERIODS = ['minute', 'day', 'month'] as const;

/**
 * The ledger on DynamoDB: one item per tenant, and every change of it one conditional update. The condition holds every limit, so the
 * service itself admits or refuses, whoever else is writing.
 */
export class DynamoLedger implements Ledger {
  readonly #caller: DynamoCaller;
  readonly #table: string;
  readonly #clock: Clock;
  readonly #aliases: KeyAliases;
  readonly #expiry: Expiry;
  readonly #housekeeping: Housekeeping;
  readonly #standing: StandingReservations;

  constructor(caller: DynamoCaller, table: string, clock: Clock) {
    this.#caller = caller;
    this.#table = table;
    this.#clock = clock;
    this.#aliases = new KeyAliases(caller, table);
    this.#expiry = new Expiry(caller, table, this.#aliases);
    this.#housekeeping = new Housekeeping(caller, table);
    this.#standing = new StandingReservations(this.#aliases, clock, (tenant, update) =>
      this.#update(tenant, update, 'NONE'),
    );
  }

  async reserve(request: ReserveRequest): Promise<ReserveDecision> {
    const scopes = checkReserve(request);
    const { id, tenant, worstCase, ttlMs } = request;
    const standing = request.standing ?? false;
    const needed = neededOf(worstCase);
    const nonce = randomBytes(4).toString('base64url');
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const now = this.#clock.now();
      const impossible = refusalOf(scopeStates(scopes, {}, now, undefined), needed, now);
      if (impossible?.neverFits) return impossible;
      const alias = scopes.key && (await this.#aliases.of(tenant, scopes.key.id));
      const value = heldValue({ expiresAt: now + ttlMs, reservedAt: now, alias, worstCase, nonce, standing });
      const times = { reservedAt: now, expiresAt: now + ttlMs };
      const admitted: ReserveDecision = {
        admitted: true,
        reservation: { id, tenant, keyId: scopes.key?.id, worstCase, ...times, ...(standing && { standing }) },
      };
      const update = this.#reserveExpression(request, scopes, alias, value, now);
      const inspect = this.#housekeeping.isDue(tenant, now);
      try {
        const item = await this.#update(tenant, update, inspect ? 'ALL_NEW' : 'NONE');
        if (inspect) await this.#housekeeping.inspect(tenant, item, now);
        return admitted;
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        const item = error.item ?? (await this.#aliases.readItem(tenant));
        // Carried out by an earlier try whose answer was lost; the nonce says it is ours.
        if (textOf(item, heldName(id)) === value) return admitted;
        if (item[heldName(id)] || item[expiredName(id)])
          throw new PlatformError('conflict', 'A reservation of this id is in force. Use a new id for every request.');
        if (scopes.key && alias !== undefined && textOf(item, aliasName(alias)) !== scopes.key.id) {
          this.#aliases.forget(tenant, scopes.key.id);
          continue;
        }
        if (await this.#expiry.release(tenant, item, now)) continue;
        const refusal = refusalOf(scopeStates(scopes, item, now, alias), needed, now);
        if (refusal) return refusal;
        const bound = standing ? ITEM_BOUNDS.standing : ITEM_BOUNDS.reservations;
        const alike = reservationsOf(item).filter(
          (stored) => !stored.expiredAlready && stored.held.standing === standing,
        );
        if (alike.length >= bound)
          throw new PlatformError(
            'overloaded',
            `This tenant holds ${bound} reservations, which is all its ledger holds. Wait for ${standing ? 'batches' : 'requests'} to end.`,
          );
        // Room was made between the refusal and our look at the item.
        await this.#caller.pause(Math.min(attempt, 4));
      }
    }
    throw new PlatformError(
      'overloaded',
      "This tenant's ledger is too busy to be sure of a reservation. Retry shortly.",
    );
  }

  async settle(reservation: Reservation, used: Amount): Promise<Settlement | undefined> {
    checkAmount(used, 'What was used');
    if (reservation.standing) return this.#standing.settle(reservation, used);
    const { id, tenant, keyId, worstCase, reservedAt } = reservation;
    const charged = { inputTokens: used.inputTokens, outputTokens: used.outputTokens, nanoUsd: used.nanoUsd };
    const settlement: Settlement = { id, tenant, keyId, charged, expired: false };
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const now = this.#clock.now();
      const alias = keyId === undefined ? undefined : await this.#aliases.of(tenant, keyId);
      const update = new UpdateExpression();
      update.require(`${update.name(heldName(id))} > ${update.value(afterText(now))}`);
      if (alias !== undefined && keyId !== undefined) update.requireEqual(aliasName(alias), keyId);
      update.remove(heldName(id));
      const tokens = used.inputTokens + used.outputTokens - worstCase.inputTokens - worstCase.outputTokens;
      const money = used.nanoUsd - worstCase.nanoUsd;
      const then = periodsOf(reservedAt);
      const today = periodsOf(now);
      for (const scope of alias === undefined ? [undefined] : [undefined, alias]) {
        update.add(concurrentName(scope), -1);
        for (const period of PERIODS) {
          // Older counters limit nothing any more and may have been cleared away.
          if (then[period] < today[period] - 1) continue;
          update.add(counterName(period, then, 't', scope), tokens);
          update.add(counterName(period, then, 'u', scope), money);
        }
      }
      this.#housekeeping.clear(tenant, update);
      try {
        await this.#update(tenant, update, 'NONE');
        return settlement;
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        const item = error.item ?? (await this.#aliases.readItem(tenant));
        const value = textOf(item, heldName(id));
        if (value > afterText(now)) {
          if (keyId !== undefined) this.#aliases.forget(tenant, keyId);
          continue;
        }
        // Gone before its time on a repeated write: only our own first try can have done that.
        const gone = value === '' && !item[expiredName(id)];
        return error.repeated && gone && now < reservation.expiresAt ? settlement : undefined;
      }
    }
    throw new PlatformError('overloaded', "This tenant's ledger is too busy to settle. The reservation will expire.");
  }

  async lower(reservation: Reservation, worstCase: Amount): Promise<Reservation | undefined> {
    checkLower(reservation, worstCase);
    return this.#standing.lower(reservation, worstCase);
  }

  async renew(reservations: readonly Reservation[], ttlMs: number): Promise<readonly string[]> {
    checkTtl(ttlMs);
    const byTenant = groupBy(reservations, ({ tenant }) => tenant);
    const renewed: string[] = [];
    for (const [tenant, group] of byTenant) {
      const ids = new Set(group.map(({ id }) => id));
      renewed.push(...(await this.#expiry.renew(tenant, ids, () => this.#clock.now(), ttlMs)));
    }
    return renewed;
  }

  /** Without `tenant` the whole table is scanned: one item per tenant, so that is its size. For a timer, not for a request path. */
  async sweep(options: { tenant?: string; limit?: number } = {}): Promise<readonly Settlement[]> {
    const limit = Math.min(options.limit ?? LEDGER_BOUNDS.defaultSweep, LEDGER_BOUNDS.sweep);
    if (options.tenant !== undefined) return this.#expiry.sweep(options.tenant, this.#clock.now(), limit);
    const swept: Settlement[] = [];
    let start: Item | undefined;
    do {
      const input = { TableName: this.#table, ...(start && { ExclusiveStartKey: start }) };
      const page = await this.#caller.run((client, o, sdk) => client.send(new sdk.ScanCommand(input), o));
      for (const item of page.Items ?? []) {
        if (textOf(item, 'sk') !== LEDGER_SK || swept.length >= limit) continue;
        const now = this.#clock.now();
        const due = reservationsOf(item).some((stored) => stored.expiredAlready || stored.held.expiresAt <= now);
        const tenant = decodeURIComponent(textOf(item, 'pk').slice('tenant#'.length));
        if (due) swept.push(...(await this.#expiry.sweep(tenant, now, limit - swept.length)));
      }
      start = page.LastEvaluatedKey;
    } while (start && swept.length < limit);
    return swept;
  }

  async usage(tenant: string): Promise<readonly ScopeUsage[]> {
    const item = await this.#aliases.readItem(tenant);
    const now = this.#clock.now();
    return usageOf(item, periodsOf(now), now, tenant);
  }

  #reserveExpression(
    { id, tenant, worstCase, standing }: ReserveRequest,
    scopes: RequestScopes,
    alias: string | undefined,
    value: string,
    now: number,
  ): UpdateExpression {
    const update = new UpdateExpression();
    const periods = periodsOf(now);
    const tokens = worstCase.inputTokens + worstCase.outputTokens;
    update.requireAbsent(heldName(id));
    update.requireAbsent(expiredName(id));
    if (alias !== undefined && scopes.key) update.requireEqual(aliasName(alias), scopes.key.id);
    if (standing) {
      update.requireAtMost(STANDING, ITEM_BOUNDS.standing - 1);
      update.add(STANDING, 1);
    } else update.requireAtMost(concurrentName(undefined), ITEM_BOUNDS.reservations - 1);
    const needed = neededOf(worstCase);
    const counted: [Limits, string | undefined][] = [[scopes.tenant?.limits ?? {}, undefined]];
    if (alias !== undefined && scopes.key) counted.push([scopes.key.limits, alias]);
    for (const [limits, scope] of counted) {
      for (const [index, rule] of LIMIT_RULES.entries()) {
        const limit = limits[rule.name];
        if (limit === undefined) continue;
        const metric = rule.metric === 'requests' ? 'r' : rule.metric === 'tokens' ? 't' : 'u';
        const name = rule.period === 'now' ? concurrentName(scope) : counterName(rule.period, periods, metric, scope);
        update.requireAtMost(name, limit - needed[index]!);
      }
      if (!standing) update.add(concurrentName(scope), 1);
      for (const period of standing ? BUDGETED : PERIODS) {
        update.add(counterName(period, periods, 'r', scope), 1);
        update.add(counterName(period, periods, 't', scope), tokens);
        update.add(counterName(period, periods, 'u', scope), worstCase.nanoUsd);
      }
    }
    update.set(heldName(id), value);
    this.#housekeeping.clear(tenant, update);
    return update;
  }

  async #update(tenant: string, update: UpdateExpression, returns: 'ALL_NEW' | 'NONE'): Promise<Item> {
    const input: UpdateItemCommandInput = {
      TableName: this.#table,
      Key: keyOf(tenantPk(tenant), LEDGER_SK),
      ...update.build(),
      ReturnValues: returns,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    const answer = await this.#caller.run((client, options, sdk) =>
      client.send(new sdk.UpdateItemCommand(input), options),
    );
    return answer.Attributes ?? {};
  }
}

function scopeStates(scopes: RequestScopes, item: Item, now: number, alias: string | undefined) {
  const periods = periodsOf(now);
  return [
    ...(scopes.tenant
      ? [
          {
            scope: 'tenant' as const,
            limits: limitValues(scopes.tenant.limits),
            used: usedOf(item, periods, undefined),
          },
        ]
      : []),
    ...(scopes.key
      ? [{ scope: 'key' as const, limits: limitValues(scopes.key.limits), used: usedOf(item, periods, alias ?? '') }]
      : []),
  ];
}
