import { PlatformError } from '@plinth/contracts';
import { REQUIREMENTS, RULES, type Rule } from '@plinth/policies';
import { factsOf } from './policy-list.ts';

/**
 * What one rule asks and why; the number of a requirement explains every rule that serves it.
 *
 * @throws PlatformError `not_found` with the ids that come nearest
 */
export function explainRule(asked: string, json: boolean): string {
  const rules = RULES.filter(({ id, requirement }) => id === asked || String(requirement) === asked);
  if (rules.length === 0) throw new PlatformError('not_found', `There is no rule "${asked}". ${hintFor(asked)}`);
  if (json) return `${JSON.stringify(rules.map(factsOf), null, 2)}\n`;
  return `${rules.map(textOf).join('\n\n')}\n`;
}

function textOf(rule: Rule): string {
  const requirement = REQUIREMENTS.find(({ number }) => number === rule.requirement);
  const rows = [
    ['requirement', `${rule.requirement}, ${requirement?.what ?? ''}`],
    ['pack', rule.pack],
    ['severity', rule.severity],
    [
      'enforcement',
      Object.entries(rule.levels)
        .map(([environment, level]) => `${environment} ${level}`)
        .join(', '),
    ],
    [
      'judges',
      rule.kind === 'stack' ? 'the stack as a whole' : rule.types.join(', ').replace(/^\*$/, 'every resource'),
    ],
    ['what to do', rule.remediation],
    ['source', [rule.source.controls.join(', ') || 'our own', rule.source.url].join('  ')],
  ];
  return [
    rule.id,
    `  ${rule.title}.`,
    `  ${rule.description}`,
    '',
    ...rows.map(([name = '', value = '']) => `  ${name.padEnd(12)}  ${value}`),
  ].join('\n');
}

function hintFor(asked: string): string {
  const words = asked
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2);
  const near = RULES.map(({ id }) => id).filter((id) => words.some((word) => id.includes(word)));
  return near.length > 0 ? `Did you mean ${near.slice(0, 5).join(', ')}?` : '"plinth policy list" names them all.';
}
