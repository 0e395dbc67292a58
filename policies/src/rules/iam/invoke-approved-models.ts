import { identityPolicyOf, IDENTITY_POLICY_TYPES } from '../../iam/identity-policies.ts';
import { invokeStatements } from '../../iam/invoke-statements.ts';
import { ALWAYS } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { modelIdOf, recordOf, type ModelRecord } from '../../model-records.ts';
import { hasPlaceholder, solePlaceholder } from '../../placeholder.ts';
import { defineRule } from '../../rule.ts';
import { Unknown } from '../../unknown.ts';

export const invokeApprovedModels = defineRule({
  id: 'iam-invoke-approved-models',
  requirement: 40,
  pack: 'genai',
  title: 'Model calls are allowed only to approved models',
  description: 'A wildcard resource opens every model of the Region, whatever its price, licence or data terms.',
  severity: 'critical',
  levels: ALWAYS,
  remediation:
    'Name the ARNs of approved models or inference profiles; approve a model in policies/src/model-records.ts.',
  source: { controls: ['FMI-01'], url: bedrockGuide('security_iam_id-based-policy-examples') },
  types: IDENTITY_POLICY_TYPES,
  check(props, report, { settings }) {
    const policy = identityPolicyOf(props);
    for (const unknown of policy.unknowns) report.notYetKnown(unknown);
    for (const statement of invokeStatements(policy.statements))
      for (const resource of statement.resources.length > 0 ? statement.resources : ['*']) {
        const answer = approval(resource, settings.models);
        if (answer === 'refused') report.violation(`Calls are allowed to ${resource}.`);
        else if (answer === 'unclear') report.notYetKnown(new Unknown(`Resource ${resource}`));
      }
  },
});

function approval(resource: string, records: readonly ModelRecord[]): 'approved' | 'refused' | 'unclear' {
  // A profile of this stack is judged by the model it copies, in the rule for model records.
  if (solePlaceholder(resource)?.type === 'inferenceProfile') return 'approved';
  const modelId = modelIdOf(resource);
  if (modelId !== undefined && !hasPlaceholder(modelId))
    return recordOf(records, modelId) === undefined ? 'refused' : 'approved';
  // The ARN of an application profile does not tell its model; its own stack's rules do.
  if (/:application-inference-profile\/[a-z0-9]+$/.test(resource)) return 'approved';
  // A batch, which AWS names as it starts; the models it may name stand beside it.
  if (/:model-invocation-job\/\*$/.test(resource)) return 'approved';
  return resource.includes('*') ? 'refused' : 'unclear';
}
