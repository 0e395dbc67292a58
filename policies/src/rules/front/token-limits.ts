import { catalogueOf } from '../../chat-front.ts';
import { ALWAYS } from '../../levels.ts';
import { defineRule } from '../../rule.ts';

export const frontTokenLimits = defineRule({
  id: 'front-token-limits',
  requirement: 43,
  pack: 'genai',
  title: 'Every front caps prompt and completion tokens',
  description: 'One request without a cap can cost as much as a day of normal use.',
  severity: 'high',
  levels: ALWAYS,
  remediation: 'Set maxPromptTokens and maxCompletionTokens of the model within the caps of the environment.',
  source: { controls: ['OWASP-LLM10'], url: 'https://genai.owasp.org/llmrisk/llm102025-unbounded-consumption/' },
  types: ['aws:lambda/function:Function'],
  check(fn, report, { environment, settings }) {
    const catalogue = catalogueOf(fn);
    if (catalogue.kind === 'unknown') return report.notYetKnown(catalogue.value);
    if (catalogue.kind === 'unreadable')
      return report.violation('The model catalogue of the front is not a JSON list.');
    if (catalogue.kind === 'none') return;
    const caps = {
      maxPromptTokens: settings.maxPromptTokens[environment],
      maxCompletionTokens: settings.maxCompletionTokens[environment],
    } as const;
    for (const model of catalogue.models)
      for (const limit of ['maxPromptTokens', 'maxCompletionTokens'] as const) {
        const value = model[limit];
        if (typeof value !== 'number') report.violation(`Model ${model.id} has no ${limit}.`);
        else if (value > caps[limit])
          report.violation(`Model ${model.id}: ${limit} is ${value}, above the ${environment} cap of ${caps[limit]}.`);
      }
  },
});
