import { catalogueOf } from '../../chat-front.ts';
import { ALWAYS } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const pinnedGuardrail = defineRule({
  id: 'front-pinned-guardrail',
  requirement: 38,
  pack: 'genai',
  title: 'Callers of Bedrock use a guardrail at a pinned version',
  description: 'DRAFT changes under a running service the moment somebody edits the guardrail, tested or not.',
  severity: 'high',
  levels: ALWAYS,
  remediation: 'Give the model target a guardrail with the version a GuardrailVersion resource put out.',
  source: { controls: ['FMI-02'], url: bedrockGuide('guardrails-versions-create') },
  types: ['aws:lambda/function:Function'],
  check(fn, report) {
    for (const [name, value] of Object.entries(variablesOf(fn.environment)))
      if (/GUARDRAIL\w*VERSION/.test(name) && value === 'DRAFT') report.violation(`Variable ${name} is DRAFT.`);
    const catalogue = catalogueOf(fn);
    if (catalogue.kind === 'unknown') return report.notYetKnown(catalogue.value);
    if (catalogue.kind !== 'models') return;
    for (const { id, target } of catalogue.models) {
      if (target.kind !== 'bedrock') continue;
      const { guardrail } = target;
      if (typeof guardrail !== 'object' || guardrail === null)
        report.violation(`Model ${id} is called without a guardrail.`);
      else if (Reflect.get(guardrail, 'version') === 'DRAFT')
        report.violation(`Model ${id} is called with the guardrail's DRAFT.`);
    }
  },
});

function variablesOf(environment: unknown): Record<string, unknown> {
  if (typeof environment !== 'object' || environment === null || isUnknown(environment)) return {};
  const variables: unknown = Reflect.get(environment, 'variables');
  return typeof variables === 'object' && variables !== null && !isUnknown(variables)
    ? (variables as Record<string, unknown>)
    : {};
}
