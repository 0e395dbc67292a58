import { judge } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';

export const clusterEncrypted = defineRule({
  id: 'rds-cluster-encrypted',
  requirement: 8,
  pack: 'baseline',
  title: 'Database clusters are encrypted and let services sign in by IAM',
  description:
    'Storage cannot be encrypted later without a copy; a token of fifteen minutes replaces a password that leaks.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Set storageEncrypted and iamDatabaseAuthenticationEnabled to true.',
  source: { controls: ['RDS.12', 'RDS.27', 'CKV_AWS_96', 'CKV_AWS_162'], url: securityHub('rds', 'RDS.27') },
  types: ['aws:rds/cluster:Cluster'],
  check(cluster, report) {
    judge(cluster.storageEncrypted, report, (on) => on === true, 'The storage is not encrypted.');
    judge(
      cluster.iamDatabaseAuthenticationEnabled,
      report,
      (on) => on === true,
      'Nobody can sign in by IAM, so passwords are all there is.',
    );
  },
});
