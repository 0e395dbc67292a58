import { identityPolicyOf, IDENTITY_POLICY_TYPES } from '../../iam/identity-policies.ts';
import { invokeStatements } from '../../iam/invoke-statements.ts';
import type { Statement } from '../../iam/policy-document.ts';
import { ALWAYS } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { defineRule } from '../../rule.ts';

/** Operators that fail when the key is absent. With IfExists a call without a guardrail would pass. */
const BINDING = /^(ForAnyValue:)?(String|Arn)(Equals|Like)(IgnoreCase)?$/;

/** Models that answer with vectors, or with numbers of how passages fit. Bedrock applies no guardrail to them: there is no text to look at. */
const WORDLESS =
  /^arn:[^:]+:bedrock:[^*]+::foundation-model\/[a-z0-9]+\.(titan-embed|embed|nova-\d-multimodal-embeddings|rerank)-[^*/]+$/;

export const invokeNeedsGuardrail = defineRule({
  id: 'iam-invoke-needs-guardrail',
  requirement: 39,
  pack: 'genai',
  title: 'Model calls are allowed only with the guardrail named',
  description:
    'The service names its guardrail in code; this condition makes AWS refuse the call when the code does not.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'Add Condition StringEquals bedrock:GuardrailIdentifier with the ARN and version of the guardrail.',
  source: { controls: ['FMI-02'], url: bedrockGuide('guardrails-permissions-id') },
  types: IDENTITY_POLICY_TYPES,
  check(props, report) {
    const policy = identityPolicyOf(props);
    for (const unknown of policy.unknowns) report.notYetKnown(unknown);
    for (const statement of invokeStatements(policy.statements))
      if (!bindsGuardrail(statement) && !wordless(statement) && !startsBatchesOnly(statement))
        report.violation(`${statement.actions.join(', ')} is allowed without a guardrail.`);
  },
});

function bindsGuardrail({ conditions }: Statement): boolean {
  return Object.entries(conditions).some(([operator, keys]) => {
    const values = keys['bedrock:guardrailidentifier'];
    return BINDING.test(operator) && values !== undefined && values.length > 0 && !values.includes('*');
  });
}

function wordless({ resources }: Statement): boolean {
  return resources.length > 0 && resources.every((arn) => WORDLESS.test(arn));
}

/**
 * Bedrock applies no guardrail to batches, so the call has no such condition key: demanding it would forbid batches. What goes in and
 * comes out is checked by whoever prepares and collects them (`ApplyGuardrail`).
 */
function startsBatchesOnly({ actions }: Statement): boolean {
  return actions.length > 0 && actions.every((action) => action.toLowerCase() === 'bedrock:createmodelinvocationjob');
}
