import { COST_CASES } from '../cost/cost.ts';
import type { Plan } from '../plan.ts';
import { costParts, unknownLines } from './cost-parts.ts';
import { dollars } from './dollars.ts';
import type { Style } from './style.ts';
import { typeLabel, urnLabel } from './type-label.ts';

/** Parts shown by name; the rest is one line. */
const SHOWN = 8;
const HEADS = { idle: 'idle', load: 'at the load', worst: 'worst case' } as const;

/** The monthly bill by part of the stack, and what is not known of it. */
export function renderCost(plan: Plan, style: Style): string {
  const { cost } = plan;
  const parts = costParts(plan);
  if (parts.length === 0 && cost.unpriced.length === 0) return '';
  const rest = parts.slice(SHOWN);
  const rows = [
    ...parts.slice(0, SHOWN).map(({ part, monthlyUsd, incomplete }) => ({
      label: `${part.name} (${typeLabel(part.type)})`,
      cells: COST_CASES.map((which) => money(monthlyUsd[which], incomplete[which])),
    })),
    ...(rest.length === 0
      ? []
      : [
          {
            label: `${rest.length} more`,
            cells: COST_CASES.map((which) =>
              money(
                rest.reduce((sum, { monthlyUsd }) => sum + monthlyUsd[which], 0),
                rest.some(({ incomplete }) => incomplete[which]),
              ),
            ),
          },
        ]),
  ];
  const incomplete = (which: (typeof COST_CASES)[number]) => parts.some((part) => part.incomplete[which]);
  const total = COST_CASES.map((which) => money(cost.totalUsd[which], incomplete(which)));
  const labelWidth = Math.max(12, ...rows.map(({ label }) => label.length));
  const line = (label: string, cells: readonly string[]) =>
    `  ${label.padEnd(labelWidth)}${cells.map((cell) => cell.padStart(13)).join('')}`;
  return [
    `${style.bold('Cost a month'.padEnd(labelWidth + 2))}${style.dim(COST_CASES.map((which) => HEADS[which].padStart(13)).join(''))}`,
    ...rows.map(({ label, cells }) => line(label, cells)),
    style.bold(line('total', total)),
    ...unknownLines(plan).map(
      ({ resource, what, note }) =>
        `  ${style.yellow('?')} price unknown: ${what}, ${urnLabel(resource)}: ${note ?? ''}`,
    ),
    ...cost.unpriced.map(({ type, count }) => `  ${style.yellow('?')} not priced: ${count} × ${typeLabel(type)}`),
    style.dim(
      `  List prices of ${cost.pricedRegion}, before free allowances and discounts. +: at least; ?: not known, or not bounded.`,
    ),
    ...cost.assumptions
      .filter((text) => /^(Priced as|The configured load)|load is not set/.test(text))
      .map((text) => `  ${style.yellow('!')} ${text}`),
  ].join('\n');
}

/** A sum to which something unknown must be added has a plus; where nothing is known, there is no sum. */
export function money(usd: number, incomplete: boolean): string {
  if (incomplete && usd === 0) return '?';
  return `${dollars(usd)}${incomplete ? '+' : ''}`;
}
