import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';

export const instanceNotPublic = defineRule({
  id: 'rds-instance-not-public',
  requirement: 22,
  pack: 'baseline',
  title: 'Databases have no public address',
  description: 'A database on the internet is found within minutes and tried without end.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'Leave publiclyAccessible out, or set it to false.',
  source: { controls: ['RDS.2', 'CKV_AWS_17'], url: securityHub('rds', 'RDS.2') },
  types: ['aws:rds/clusterInstance:ClusterInstance', 'aws:rds/instance:Instance'],
  check(instance, report) {
    // The provider asks AWS for a private instance when the setting is left out.
    judge(instance.publiclyAccessible ?? false, report, (on) => !on, 'The database has a public address.');
  },
});
