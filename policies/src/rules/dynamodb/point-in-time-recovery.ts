import { judge } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const pointInTimeRecovery = defineRule({
  id: 'dynamodb-point-in-time-recovery',
  requirement: 33,
  pack: 'baseline',
  title: 'Tables can be restored to any second',
  description: 'Ledger, keys and audit trail live in tables; a bad deployment must not be able to lose them.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Set pointInTimeRecovery: { enabled: true }.',
  source: { controls: ['DDB.3', 'DynamoDB.2'], url: securityHub('dynamodb', 'DynamoDB.2') },
  types: ['aws:dynamodb/table:Table'],
  check(table, report) {
    const recovery = table.pointInTimeRecovery;
    if (isUnknown(recovery)) return report.notYetKnown(recovery);
    judge(recovery?.enabled, report, (enabled) => enabled === true, 'The table has no point-in-time recovery.');
  },
});
