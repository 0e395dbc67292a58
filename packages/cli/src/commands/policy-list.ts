import { REQUIREMENTS, RULES, type Rule } from '@plinth/policies';

/** The rules of both packs as a table, in the order of the requirements, or as JSON. */
export function listRules(json: boolean): string {
  if (json) return `${JSON.stringify(RULES.map(factsOf), null, 2)}\n`;
  const width = Math.max(...RULES.map(({ id }) => id.length));
  const lines = REQUIREMENTS.map(({ pack, area }) => `${pack} · ${area}`)
    .filter((heading, index, all) => all.indexOf(heading) === index)
    .flatMap((heading) => [
      '',
      heading,
      ...RULES.filter((rule) => headingOf(rule) === heading).map(
        (rule) =>
          `  ${String(rule.requirement).padStart(2)}  ${rule.id.padEnd(width)}  ${rule.severity.padEnd(8)}  ${enforcement(rule).padEnd(14)}  ${rule.title}`,
      ),
    ]);
  return `${lines.slice(1).join('\n')}\n\n${RULES.length} rules for ${REQUIREMENTS.length} requirements. "plinth policy explain <rule>" says more of one.\n`;
}

/** What is the same for readers and programs: a rule without its check. */
export function factsOf({ id, requirement, pack, title, description, severity, levels, remediation, source }: Rule) {
  return { id, requirement, pack, title, description, severity, levels, remediation, source };
}

function headingOf(rule: Rule): string {
  const requirement = REQUIREMENTS.find(({ number }) => number === rule.requirement);
  return `${rule.pack} · ${requirement?.area ?? ''}`;
}

function enforcement({ levels }: Rule): string {
  return levels.dev === 'mandatory' ? 'always' : 'advises in dev';
}
