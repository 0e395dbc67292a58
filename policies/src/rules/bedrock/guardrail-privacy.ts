import { judgeCustomerKey } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const guardrailPrivacy = defineRule({
  id: 'bedrock-guardrail-privacy',
  requirement: 36,
  pack: 'genai',
  title: 'Guardrails filter personal data and are encrypted under a customer-managed key',
  description:
    'Without the filter a model repeats what it was told about people; the key protects what the guardrail itself lists.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Set sensitiveInformationPolicyConfig.piiEntitiesConfigs and kmsKeyArn.',
  source: { controls: ['FMI-08', 'FMI-14'], url: bedrockGuide('guardrails-sensitive-filters') },
  types: ['aws:bedrock/guardrail:Guardrail'],
  check(guardrail, report) {
    judgeCustomerKey(guardrail.kmsKeyArn, report, 'The guardrail');
    const policy = guardrail.sensitiveInformationPolicyConfig;
    if (isUnknown(policy)) return report.notYetKnown(policy);
    const entities = policy?.piiEntitiesConfigs;
    if (isUnknown(entities)) return report.notYetKnown(entities);
    if (entities === undefined || entities.length === 0) return report.violation('No personal data is filtered.');
    for (const entity of entities) {
      if (isUnknown(entity)) report.notYetKnown(entity);
      else if (isUnknown(entity.action)) report.notYetKnown(entity.action);
      else if (entity.action === 'NONE') report.violation(`${String(entity.type)} is found but nothing is done.`);
    }
  },
});
