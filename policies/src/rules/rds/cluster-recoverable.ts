import { judge } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const clusterRecoverable = defineRule({
  id: 'rds-cluster-recoverable',
  requirement: 33,
  pack: 'baseline',
  title: 'Database clusters cannot be deleted by mistake and keep a week of backups',
  description: 'The index took days of embedding calls to build; losing it is an outage and a bill.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Set deletionProtection to true and backupRetentionPeriod to at least 7 days.',
  source: { controls: ['RDS.7', 'CKV_AWS_139'], url: securityHub('rds', 'RDS.7') },
  types: ['aws:rds/cluster:Cluster'],
  check(cluster, report, { settings }) {
    judge(cluster.deletionProtection, report, (on) => on === true, 'The cluster can be deleted by mistake.');
    const days = cluster.backupRetentionPeriod;
    judge(
      days,
      report,
      (known) => known !== undefined && known >= settings.minBackupDays,
      `Backups are kept for ${isUnknown(days) ? '' : (days ?? 1)} days, fewer than ${settings.minBackupDays}.`,
    );
  },
});
