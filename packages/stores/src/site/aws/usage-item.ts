import type { ReportedUsage } from '@plinth/contracts';
import { countOf, keyOf, part } from '../../aws/attributes.ts';
import type { Item } from '../../aws/dynamo-caller.ts';
import { UpdateExpression } from '../../aws/expression.ts';
import { tenantPk } from '../../aws/key-aliases.ts';
import { monthOfTime } from '../../ledger/periods.ts';
import type { PeriodUsage } from '../../ports/ledger.ts';
import type { SiteMonth } from '../site-intake.ts';

/*
 * What a tenant's requests on one site came to in one month is one item of the ledger table:
 *
 *   n.<journal>                  number of the last report of this journal that is in it
 *   r|t|u                        requests, tokens, nano-dollars of the month
 *   d<day>.r|t|u, k<key>.r|t|u   of a day since the epoch, of a key
 */
const METRICS = [
  ['r', 'requests'],
  ['t', 'tokens'],
  ['u', 'nanoUsd'],
] as const;
const DAY_MS = 86_400_000;

export const usageKey = (site: string, tenant: string, month: number): Item =>
  keyOf(tenantPk(tenant), `site#${part(site)}#${month}`);

/** Rows that go into one item. */
export interface UsageGroup {
  readonly tenant: string;
  readonly month: number;
  readonly rows: readonly ReportedUsage[];
}

export function groupsOf(usage: readonly ReportedUsage[]): UsageGroup[] {
  const groups = new Map<string, UsageGroup & { rows: ReportedUsage[] }>();
  for (const row of usage) {
    const month = monthOfTime(row.day * DAY_MS);
    const name = `${month} ${row.tenant}`;
    const group = groups.get(name) ?? { tenant: row.tenant, month, rows: [] };
    groups.set(name, group);
    group.rows.push(row);
  }
  return [...groups.values()];
}

/** Adds what report `number` tells, unless it is in the item already. */
export function usageUpdate({ rows }: UsageGroup, journal: string, number: number): UpdateExpression {
  const update = new UpdateExpression();
  const marker = `n.${journal}`;
  requireBelow(update, marker, number);
  update.set(marker, number);
  const sums = new Map<string, number>();
  const add = (name: string, amount: number) => sums.set(name, (sums.get(name) ?? 0) + amount);
  for (const row of rows)
    for (const [letter, metric] of METRICS) {
      add(letter, row[metric]);
      add(`d${row.day}.${letter}`, row[metric]);
      if (row.key !== '') add(`k${row.key}.${letter}`, row[metric]);
    }
  for (const [name, amount] of sums) update.add(name, amount);
  return update;
}

/** Holds only while the attribute is below `bound`; one that is absent is. Not among the expression's own, which fronts carry too. */
export function requireBelow(update: UpdateExpression, attribute: string, bound: number): void {
  const name = update.name(attribute);
  update.require(`(attribute_not_exists(${name}) OR ${name} < ${update.value(bound)})`);
}

const COUNTER = /^(?:([dk])(.+)\.)?([rtu])$/;

export function monthOf(item: Item): SiteMonth {
  const days = new Map<number, PeriodUsage>();
  const keys = new Map<string, PeriodUsage>();
  const under = (prefix: string): PeriodUsage => ({
    requests: countOf(item, `${prefix}r`),
    tokens: countOf(item, `${prefix}t`),
    nanoUsd: countOf(item, `${prefix}u`),
  });
  for (const name of Object.keys(item)) {
    const [, kind, of] = COUNTER.exec(name) ?? [];
    if (kind === 'd') days.set(Number(of), under(`d${of}.`));
    else if (kind === 'k') keys.set(of!, under(`k${of}.`));
  }
  return { month: under(''), days, keys };
}
