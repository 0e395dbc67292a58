import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown, type Unknown } from '../../unknown.ts';

const FILTERS = ['SEXUAL', 'VIOLENCE', 'HATE', 'INSULTS', 'MISCONDUCT', 'PROMPT_ATTACK'];
const isOn = (strength: string | undefined) => strength !== undefined && strength !== 'NONE';

export const guardrailContentFilters = defineRule({
  id: 'bedrock-guardrail-content-filters',
  requirement: 35,
  pack: 'genai',
  title: 'Guardrails have every content filter on, prompt attacks included',
  description: 'A filter that is left out lets its whole category pass, in prompts and in answers.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'List the filter in contentPolicyConfig.filtersConfigs with a strength for input and output.',
  source: { controls: ['FMI-12'], url: bedrockGuide('guardrails-content-filters') },
  types: ['aws:bedrock/guardrail:Guardrail'],
  check(guardrail, report) {
    const policy = guardrail.contentPolicyConfig;
    if (isUnknown(policy)) return report.notYetKnown(policy);
    const configs = policy?.filtersConfigs;
    if (isUnknown(configs)) return report.notYetKnown(configs);
    const unknown = configs?.flatMap((config) => (isUnknown(config) ? config : config.type)).find(isUnknown) as
      Unknown | undefined;
    for (const type of FILTERS) {
      const filter = configs?.find((config) => !isUnknown(config) && config.type === type);
      if (filter === undefined || isUnknown(filter)) {
        if (unknown === undefined) report.violation(`The filter ${type} is missing.`);
        continue;
      }
      judge(filter.inputStrength, report, isOn, `The filter ${type} is off for prompts.`);
      judge(filter.inputEnabled ?? true, report, Boolean, `The filter ${type} is disabled for prompts.`);
      // Bedrock looks for prompt attacks in prompts only.
      if (type === 'PROMPT_ATTACK') continue;
      judge(filter.outputStrength, report, isOn, `The filter ${type} is off for answers.`);
      judge(filter.outputEnabled ?? true, report, Boolean, `The filter ${type} is disabled for answers.`);
    }
    if (unknown !== undefined) report.notYetKnown(unknown);
  },
});
