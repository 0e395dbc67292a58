import { judge, knownItems } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

const TOO_WIDE = /:policy\/(?:.*\/)?(\w*FullAccess\w*|AdministratorAccess[\w-]*|PowerUserAccess)$/;
const isNarrow = (arn: string | undefined) => arn === undefined || !TOO_WIDE.test(arn);

export const noFullAccessManagedPolicy = defineRule({
  id: 'iam-no-full-access-managed-policy',
  requirement: 3,
  pack: 'baseline',
  title: 'No identity carries a FullAccess managed policy',
  description: 'AWS-managed FullAccess policies grant a whole service on every resource, and grow without notice.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'Grant the actions and resources needed in a policy of the stack.',
  source: { controls: ['IAM.1'], url: securityHub('iam', 'IAM.1') },
  types: [
    'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
    'aws:iam/policyAttachment:PolicyAttachment',
    'aws:iam/userPolicyAttachment:UserPolicyAttachment',
    'aws:iam/groupPolicyAttachment:GroupPolicyAttachment',
    'aws:iam/role:Role',
  ],
  check(identity, report) {
    if ('policyArn' in identity) {
      const { policyArn } = identity;
      // A policy this stack creates is judged where it is defined.
      if (isUnknown(policyArn) && policyArn.isOutputOf('aws:iam/policy:Policy')) return;
      judge(policyArn, report, isNarrow, `${String(policyArn)} is attached.`);
    }
    if ('managedPolicyArns' in identity)
      for (const arn of knownItems(identity.managedPolicyArns, report))
        if (!isNarrow(arn)) report.violation(`${arn} is attached.`);
  },
});
