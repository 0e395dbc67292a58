import type { PlanFinding } from '../plan.ts';
import { cut, type Style } from './style.ts';
import { urnLabel } from './type-label.ts';

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

/** Findings by severity, worst first. The same finding on several resources is told once, with the resources below it. */
export function renderFindings(findings: readonly PlanFinding[], style: Style, width: number): string {
  if (findings.length === 0) return `${style.bold('Findings')}\n  ${style.green('✔')} none`;
  const sections = SEVERITIES.flatMap((severity) => {
    const own = findings.filter((finding) => finding.severity === severity && finding.kind === 'violation');
    return own.length === 0
      ? []
      : [
          `  ${style.bold(severity)}\n${grouped(own)
            .map((group) => renderGroup(group, style, width))
            .join('\n')}`,
        ];
  });
  const later = findings.filter(({ kind }) => kind === 'not-yet-known');
  if (later.length > 0)
    sections.push(
      `  ${style.bold('not yet known')}\n${grouped(later)
        .map((group) => renderGroup(group, style, width))
        .join('\n')}`,
    );
  return `${style.bold('Findings')}\n${sections.join('\n')}`;
}

function grouped(findings: readonly PlanFinding[]): PlanFinding[][] {
  const groups = new Map<string, PlanFinding[]>();
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.level}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  const level = (group: PlanFinding[]) => (group[0]?.level === 'mandatory' ? 0 : 1);
  return [...groups.values()].sort((a, b) => level(a) - level(b));
}

function renderGroup(group: readonly PlanFinding[], style: Style, width: number): string {
  const [first] = group;
  if (first === undefined) return '';
  const stops = first.level === 'mandatory';
  const mark = first.kind === 'not-yet-known' ? style.dim('?') : stops ? style.red('✖') : style.yellow('!');
  const level = first.kind === 'not-yet-known' ? '' : stops ? style.red('mandatory') : style.yellow('advisory');
  const controls = first.controls.length > 0 ? style.dim(` [${first.controls.join(', ')}]`) : '';
  const lines = group.map(({ resource, message }) => {
    const where = resource === null ? 'the stack' : urnLabel(resource);
    return `      ${style.cyan(where)}  ${cut(message, Math.max(30, width - where.length - 8))}`;
  });
  const heading = `    ${mark} ${first.title}  ${style.dim(first.rule)} ${level}${controls}`.trimEnd();
  return [
    heading,
    ...lines,
    ...(first.kind === 'violation' ? [`      ${style.dim('→')} ${first.remediation}`] : []),
  ].join('\n');
}
