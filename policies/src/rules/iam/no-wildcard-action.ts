import { identityPolicyOf, IDENTITY_POLICY_TYPES } from '../../iam/identity-policies.ts';
import { ALWAYS } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';

/** `*` and `service:*`; also `bedrock*:...` written so that it covers the service. */
const WHOLE_SERVICE = /^(\*|[^:]*:\*+|[^:]*\*[^:]*:.*)$/;

export const noWildcardAction = defineRule({
  id: 'iam-no-wildcard-action',
  requirement: 2,
  pack: 'baseline',
  title: 'No identity policy allows every action of a service',
  description:
    'A wildcard action grants what AWS adds tomorrow; bedrock:* also grants deleting guardrails and logging.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'List the actions the code calls.',
  source: { controls: ['FMI-01', 'IAM.21'], url: securityHub('iam', 'IAM.21') },
  types: IDENTITY_POLICY_TYPES,
  check(props, report) {
    const policy = identityPolicyOf(props);
    for (const unknown of policy.unknowns) report.notYetKnown(unknown);
    if (policy.unreadable) report.violation('The policy document cannot be read as JSON.');
    for (const statement of policy.statements.filter(({ effect }) => effect === 'Allow')) {
      const wide = statement.actions.filter((action) => WHOLE_SERVICE.test(action));
      if (wide.length > 0) report.violation(`A statement allows ${wide.join(', ')}.`);
      if (statement.notActions.length > 0)
        report.violation('A statement allows everything except some actions (NotAction).');
    }
  },
});
