import { COST_CASES } from '../cost/cost.ts';
import type { Plan, PlanFinding } from '../plan.ts';
import { moved } from './changes.ts';
import { costParts, unknownLines } from './cost-parts.ts';
import { money } from './cost.ts';
import { typeLabel, urnLabel } from './type-label.ts';

/** Rows of a table and items of a list that are shown; a comment is for reading at a glance. */
const SHOWN = 12;

/** Hidden first line by which a later run finds the comment to replace, one for each stack and environment. */
export function commentMarker({ project, stack }: Pick<Plan, 'project' | 'stack'>): string {
  return `<!-- plinth-plan ${project} ${stack} -->`;
}

/** A plan as a comment on a pull request: verdict, cost, findings and what changed. */
export function renderMarkdown(plan: Plan): string {
  const { summary } = plan;
  const verdict =
    summary.mandatory > 0
      ? `❌ **${summary.mandatory} mandatory finding${summary.mandatory === 1 ? '' : 's'}** would stop the deployment`
      : '✅ nothing would stop the deployment';
  const sections = [
    `${commentMarker(plan)}\n### Plan of \`${plan.project}\` (${plan.environment})`,
    `${verdict} · ${summary.resources} resources in ${summary.components} components · ${summary.advisory} advisory, ${summary.notYetKnown} not yet known`,
    changes(plan),
    costTable(plan),
    findings(plan.findings),
    details(
      'Assumptions',
      [...plan.assumptions, ...plan.cost.assumptions].map((text) => `- ${plain(text)}`),
    ),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function costTable(plan: Plan): string {
  const parts = costParts(plan);
  if (parts.length === 0) return '';
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const some = (which: (typeof COST_CASES)[number]) => parts.some(({ incomplete }) => incomplete[which]);
  const shown = parts.slice(0, SHOWN);
  const table = [
    row(['Cost a month', 'idle', 'at the load', 'worst case']),
    row(['---', '--:', '--:', '--:']),
    row(['**Total**', ...COST_CASES.map((which) => `**${money(plan.cost.totalUsd[which], some(which))}**`)]),
    ...shown.map(({ part, monthlyUsd, incomplete }) =>
      row([
        `${code(part.name)} ${typeLabel(part.type)}`,
        ...COST_CASES.map((which) => money(monthlyUsd[which], incomplete[which]).replace('<', '&lt;')),
      ]),
    ),
    ...(parts.length > SHOWN ? [row([`${parts.length - SHOWN} more`, '', '', ''])] : []),
  ];
  const unknown = unknownLines(plan).map(
    ({ what, resource, note }) => `- price unknown: ${plain(what)}, ${code(urnLabel(resource))}: ${plain(note ?? '')}`,
  );
  const unpriced = plan.cost.unpriced.map(({ type, count }) => `- not priced: ${count} × ${code(typeLabel(type))}`);
  return [table.join('\n'), [...unknown, ...unpriced].join('\n')].filter(Boolean).join('\n\n');
}

function findings(all: readonly PlanFinding[]): string {
  const violations = all.filter(({ kind }) => kind === 'violation');
  if (violations.length === 0) return '';
  const ordered = [...violations].sort((a, b) => Number(b.level === 'mandatory') - Number(a.level === 'mandatory'));
  const lines = ordered.slice(0, SHOWN).map(({ level, title, rule, resource, message }) => {
    const where = resource === null ? 'the stack' : urnLabel(resource);
    return `- ${level === 'mandatory' ? '❌' : '⚠️'} **${plain(title)}** (${code(rule)}) at ${code(where)}: ${plain(message)}`;
  });
  const hidden = violations.length - SHOWN;
  return ['**Findings**', '', ...lines, ...(hidden > 0 ? [`- … and ${hidden} more`] : [])].join('\n');
}

function changes({ changes: found }: Plan): string {
  if (found === undefined) return '';
  const head = `**Changes** against ${code(found.against)} (${found.commit.slice(0, 10)})`;
  if (!found.existed) return `${head}: the stack is new.`;
  const item = (sign: string) => (each: { type: string; name: string; properties?: readonly string[] }) =>
    `- ${sign} ${code(each.name)} ${typeLabel(each.type)}${each.properties === undefined ? '' : `: ${each.properties.slice(0, 6).map(code).join(', ')}`}`;
  const lines = [
    ...found.added.map(item('➕')),
    ...found.removed.map(item('➖')),
    ...found.changed.map(item('✏️')),
    ...found.findings.added.map(({ title, rule }) => `- ❌ new finding: ${plain(title)} (${code(rule)})`),
    ...found.findings.resolved.map(({ title, rule }) => `- ✅ resolved: ${plain(title)} (${code(rule)})`),
  ];
  const { idle, load, worst } = found.monthlyUsd;
  const bill = `Cost a month: idle ${moved(idle)}, at the load ${moved(load)}, worst case ${moved(worst)}.`;
  if (lines.length === 0) return `${head}: no resource and no finding. ${bill}`;
  const body = lines.length <= SHOWN ? lines.join('\n') : details(`${lines.length} changes`, lines);
  return `${head}. ${bill}\n\n${body}`;
}

function details(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<details><summary>${title}</summary>\n\n${lines.join('\n')}\n\n</details>`;
}

/** Text that cannot end a cell, start HTML or mention anybody. */
function plain(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]|]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll('@', '@\u200B')
    .replaceAll(/\s+/g, ' ');
}

function code(text: string): string {
  return `\`${text.replaceAll(/[`|\s]+/g, ' ')}\``;
}
