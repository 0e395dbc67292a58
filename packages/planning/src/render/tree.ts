import type { Plan, PlannedResource } from '../plan.ts';
import { renderChanges } from './changes.ts';
import { renderCost } from './cost.ts';
import { renderFindings } from './findings.ts';
import { factsOf } from './facts.ts';
import { cut, styleFor, type Style } from './style.ts';
import { renderSummary } from './summary.ts';
import { typeLabel } from './type-label.ts';

export interface TreeOptions {
  /** ANSI colors. @default false */
  readonly color?: boolean;
  /** Characters in a line. @default 120 */
  readonly width?: number;
}

interface Row {
  readonly branch: string;
  readonly resource: PlannedResource;
  readonly label: string;
}

/** A plan for a terminal: components and what they create, what the policies say, and a line that sums up. */
export function renderTree(plan: Plan, { color = false, width = 120 }: TreeOptions = {}): string {
  const style = styleFor(color);
  const title = `${style.bold(plan.project)} ${style.dim('·')} ${plan.stack} ${style.dim('·')} ${plan.region ?? 'no region set'}`;
  const sections = [
    title,
    renderResources(plan, style, width),
    renderCost(plan, style),
    renderFindings(plan.findings, style, width),
    ...(plan.changes === undefined ? [] : [renderChanges(plan.changes, style, width)]),
    ...(plan.assumptions.length > 0 ? [plan.assumptions.map((text) => style.dim(`  ${text}`)).join('\n')] : []),
    renderSummary(plan, style),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function renderResources(plan: Plan, style: Style, width: number): string {
  const children = new Map<string | null, PlannedResource[]>();
  for (const resource of plan.resources)
    children.set(resource.parent, [...(children.get(resource.parent) ?? []), resource]);
  const root = plan.resources.find(({ kind }) => kind === 'stack');
  const rows = [...branches(children, root?.urn ?? null, '')];
  const nameWidth = Math.min(
    48,
    Math.max(0, ...rows.map(({ branch, resource }) => branch.length + resource.name.length)),
  );
  const labelWidth = Math.min(36, Math.max(0, ...rows.map(({ label }) => label.length)));
  return rows.map((row) => renderRow(row, nameWidth, labelWidth, style, width)).join('\n');
}

function* branches(
  children: ReadonlyMap<string | null, PlannedResource[]>,
  parent: string | null,
  indent: string,
): Generator<Row> {
  const own = children.get(parent) ?? [];
  for (const [index, resource] of own.entries()) {
    const last = index === own.length - 1;
    yield { branch: `${indent}${last ? '└─ ' : '├─ '}`, resource, label: typeLabel(resource.type) };
    yield* branches(children, resource.urn, `${indent}${last ? '   ' : '│  '}`);
  }
}

function renderRow(
  { branch, resource, label }: Row,
  nameWidth: number,
  labelWidth: number,
  style: Style,
  width: number,
): string {
  const isComponent = resource.kind === 'component';
  const name = cut(resource.name, Math.max(8, nameWidth - branch.length));
  const gap = ' '.repeat(Math.max(0, nameWidth - branch.length - [...name].length) + 2);
  const type = label.padEnd(labelWidth);
  const facts = isComponent ? '' : cut(factsOf(resource, label), Math.max(16, width - nameWidth - labelWidth - 4));
  const estimated = resource.estimated === true ? `${style.yellow('estimated')}  ` : '';
  const line = `${style.dim(branch)}${isComponent ? style.bold(name) : name}${gap}${isComponent ? style.cyan(type) : type}  ${estimated}${highlightUnknowns(facts, style)}`;
  return line.trimEnd();
}

/** Parts only creation can tell stand out from what is known. */
function highlightUnknowns(facts: string, style: Style): string {
  return facts
    .split(/(«[^»]*»?)/)
    .map((part) => (part.startsWith('«') ? style.yellow(part) : style.dim(part)))
    .join('');
}
