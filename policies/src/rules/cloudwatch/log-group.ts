import { judge, judgeCustomerKey } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { CHECKOV } from '../../links.ts';
import { defineRule } from '../../rule.ts';

export const logGroup = defineRule({
  id: 'cloudwatch-log-group-protected',
  requirement: 13,
  pack: 'baseline',
  title: 'Log groups are encrypted under a customer-managed key and forget on time',
  description: 'Logs hold what happened to whom. Kept for ever they are a cost and a liability.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set kmsKeyId, and retentionInDays to a number of days.',
  source: { controls: ['CKV_AWS_158', 'CKV_AWS_66'], url: CHECKOV },
  types: ['aws:cloudwatch/logGroup:LogGroup'],
  check(group, report) {
    judgeCustomerKey(group.kmsKeyId, report, 'The log group');
    judge(
      group.retentionInDays,
      report,
      (days) => days !== undefined && days > 0, // 0 keeps for ever
      'The log group keeps everything for ever.',
    );
  },
});
