import type { Periods } from '../ledger/periods.ts';
import type { Amount, PeriodUsage, ScopeUsage } from '../ports/ledger.ts';
import { countOf } from './attributes.ts';
import type { Item } from './dynamo-caller.ts';

/**
 * Names of the attributes of a tenant's item. Short, because names count towards its size and every write is paid by size; a key goes by
 * a short alias, which attribute `k.<alias>` binds to its id.
 *
 *   c, c.<alias>                       reservations in force that hold a slot
 *   s                                  standing reservations in force
 *   m|d|M <period>.r|t|u [.<alias>]    requests, tokens, nano-dollars of a minute, day, month (period number in base 36)
 *   r.<id>, x.<id>                     a reservation in force; one that expired and is not yet swept
 *   k.<alias>, kn, ka                  key id of an alias; how many there are; the next alias
 */
export const ITEM_BOUNDS = { reservations: 1_000, standing: 200, keys: 400, unswept: 200 } as const;

export const LEDGER_SK = 'ledger';
export const STANDING = 's';
const PERIOD_KINDS = { minute: 'm', day: 'd', month: 'M' } as const;

export const concurrentName = (alias: string | undefined): string => (alias === undefined ? 'c' : `c.${alias}`);
export const aliasName = (alias: string): string => `k.${alias}`;
export const heldName = (id: string): string => `r.${id}`;
export const expiredName = (id: string): string => `x.${id}`;

export function counterName(
  period: keyof Periods,
  periods: Periods,
  metric: 'r' | 't' | 'u',
  alias: string | undefined,
): string {
  const name = `${PERIOD_KINDS[period]}${periods[period].toString(36)}.${metric}`;
  return alias === undefined ? name : `${name}.${alias}`;
}

export interface HeldReservation {
  readonly id: string;
  readonly expiresAt: number;
  readonly reservedAt: number;
  readonly alias: string | undefined;
  readonly worstCase: Amount;
  /** Told apart from another caller's reservation of the same id and size. */
  readonly nonce: string;
  readonly standing: boolean;
}

/** Fixed width, so that comparing as text compares as time: nine base-36 digits reach past the year 5000. */
const timeText = (at: number): string => at.toString(36).padStart(9, '0');

/** What the value of a reservation that expires after `now` is greater than. */
export const afterText = (now: number): string => timeText(now + 1);

/** The expiry stands first: `r.<id> > afterText(now)` then says both that the reservation is there and that it is in force. */
export function heldValue(held: Omit<HeldReservation, 'id'>): string {
  const { expiresAt, reservedAt, alias, worstCase, nonce, standing } = held;
  const { inputTokens, outputTokens, nanoUsd } = worstCase;
  return [
    timeText(expiresAt),
    reservedAt.toString(36),
    alias ?? '',
    inputTokens.toString(36),
    outputTokens.toString(36),
    nanoUsd.toString(36),
    nonce,
    ...(standing ? [STANDING] : []),
  ].join('|');
}

function parseHeld(id: string, value: string): HeldReservation {
  const [expires = '', reserved = '', alias = '', input = '', output = '', money = '', nonce = '', kind] =
    value.split('|');
  const number = (digits: string) => Number.parseInt(digits, 36);
  return {
    id,
    expiresAt: number(expires),
    reservedAt: number(reserved),
    alias: alias === '' ? undefined : alias,
    worstCase: { inputTokens: number(input), outputTokens: number(output), nanoUsd: number(money) },
    nonce,
    standing: kind === STANDING,
  };
}

export interface StoredReservation {
  readonly attribute: string;
  readonly value: string;
  readonly expiredAlready: boolean;
  readonly held: HeldReservation;
}

export function reservationsOf(item: Item): StoredReservation[] {
  const found: StoredReservation[] = [];
  for (const [attribute, { S: value }] of Object.entries(item)) {
    const kind = attribute.slice(0, 2);
    if (value === undefined || (kind !== 'r.' && kind !== 'x.')) continue;
    found.push({ attribute, value, expiredAlready: kind === 'x.', held: parseHeld(attribute.slice(2), value) });
  }
  return found;
}

/** Key ids by alias. */
export function aliasesOf(item: Item): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const [attribute, { S: keyId }] of Object.entries(item))
    if (keyId !== undefined && attribute.startsWith('k.')) aliases.set(attribute.slice(2), keyId);
  return aliases;
}

export interface Counter {
  readonly attribute: string;
  readonly period: keyof Periods;
  readonly number: number;
  readonly alias: string | undefined;
}

const COUNTER = /^([mdM])([0-9a-z]+)\.[rtu](?:\.(.+))?$/;

export function countersOf(item: Item): Counter[] {
  const counters: Counter[] = [];
  for (const attribute of Object.keys(item)) {
    const match = COUNTER.exec(attribute);
    if (!match) continue;
    const period = match[1] === 'm' ? 'minute' : match[1] === 'd' ? 'day' : 'month';
    counters.push({ attribute, period, number: Number.parseInt(match[2]!, 36), alias: match[3] });
  }
  return counters;
}

/** Use against each of LIMIT_RULES, as the counters stand. */
export function usedOf(item: Item, periods: Periods, alias: string | undefined): number[] {
  const at = (period: keyof Periods, metric: 'r' | 't' | 'u') =>
    countOf(item, counterName(period, periods, metric, alias));
  return [
    at('minute', 'r'),
    countOf(item, concurrentName(alias)),
    at('minute', 't'),
    at('day', 't'),
    at('month', 't'),
    at('day', 'u'),
    at('month', 'u'),
  ];
}

export function usageOf(item: Item, periods: Periods, now: number, tenant: string): ScopeUsage[] {
  const held = reservationsOf(item).filter(
    (stored) => !stored.expiredAlready && !stored.held.standing && stored.held.expiresAt > now,
  );
  const scope = (kind: 'tenant' | 'key', id: string, alias: string | undefined): ScopeUsage => {
    const of = (period: keyof Periods): PeriodUsage => ({
      requests: countOf(item, counterName(period, periods, 'r', alias)),
      tokens: countOf(item, counterName(period, periods, 't', alias)),
      nanoUsd: countOf(item, counterName(period, periods, 'u', alias)),
    });
    const concurrentRequests = held.filter((stored) => alias === undefined || stored.held.alias === alias).length;
    return { scope: kind, id, minute: of('minute'), day: of('day'), month: of('month'), concurrentRequests };
  };
  const keys = [...aliasesOf(item)]
    .map(([alias, keyId]) => scope('key', keyId, alias))
    .filter((usage) => usage.month.requests > 0 || usage.concurrentRequests > 0)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return [scope('tenant', tenant, undefined), ...keys];
}
