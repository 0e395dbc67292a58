import type { Plan, PlanFinding } from '@plinth/planning';

/** What the packs say of one stack in one environment: a line, and the findings below it, worst first. */
export function renderVerdict(stack: string, { environment, summary, findings }: Plan): string {
  const mark = summary.mandatory > 0 ? '✖' : '✔';
  const counts = [
    summary.mandatory > 0 && `${summary.mandatory} mandatory`,
    summary.advisory > 0 && `${summary.advisory} advisory`,
    summary.notYetKnown > 0 && `${summary.notYetKnown} not yet known`,
  ].filter(Boolean);
  const lines = [...findings].sort((a, b) => rank(a) - rank(b)).map(line);
  return [`${mark} ${stack} · ${environment}  ${counts.join(', ') || 'nothing to say'}`, ...lines, ''].join('\n');
}

export function summaryOf(plans: readonly Plan[]): string {
  const mandatory = plans.reduce((sum, { summary }) => sum + summary.mandatory, 0);
  const end = mandatory === 0 ? 'Nothing would stop a deployment.' : `${mandatory} findings would stop a deployment.`;
  return `\n${plans[0]?.summary.rules ?? 0} rules over ${plans.length} plans. ${end}\n`;
}

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

function rank({ kind, level, severity }: PlanFinding): number {
  const group = kind === 'not-yet-known' ? 2 : level === 'mandatory' ? 0 : 1;
  return group * SEVERITIES.length + SEVERITIES.indexOf(severity);
}

function line({ rule, kind, level, severity, resource, message, remediation }: PlanFinding): string {
  const where = resource === null ? 'the stack' : resource.split('::').slice(-2).join(' ').replace(/^.*\$/, '');
  if (kind === 'not-yet-known') return `    ? ${rule}  ${where}  ${message}`;
  return `    ${level === 'mandatory' ? '✖' : '!'} ${rule}  ${severity}, ${level}  ${where}\n      ${message} ${remediation}`;
}
