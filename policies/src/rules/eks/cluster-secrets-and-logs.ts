import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule, type Report } from '../../rule.ts';
import { isUnknown, type Unknown } from '../../unknown.ts';

const LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

export const clusterSecretsAndLogs = defineRule({
  id: 'eks-cluster-secrets-and-logs',
  requirement: 12,
  pack: 'baseline',
  title: 'Kubernetes secrets are encrypted under a key and the control plane writes all five logs',
  description:
    'The key keeps secrets from whoever reads the cluster store; the logs are the only trace of who did what.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation:
    'Set encryptionConfig with resources ["secrets"], and enabledClusterLogTypes to api, audit, authenticator, controllerManager and scheduler.',
  source: { controls: ['EKS.3', 'EKS.8', 'CKV_AWS_37', 'CKV_AWS_58'], url: securityHub('eks', 'EKS.3') },
  types: ['aws:eks/cluster:Cluster'],
  check(cluster, report) {
    const encryption = cluster.encryptionConfig;
    if (isUnknown(encryption)) report.notYetKnown(encryption);
    else requireAll(encryption?.resources, ['secrets'], report, () => 'Kubernetes secrets are not encrypted.');
    requireAll(
      cluster.enabledClusterLogTypes,
      LOGS,
      report,
      (missing) => `The control plane does not write: ${missing.join(', ')}.`,
    );
  },
});

/** An unknown member may be any of the missing ones. */
function requireAll(
  list: readonly (string | Unknown)[] | Unknown | undefined,
  wanted: readonly string[],
  report: Report,
  say: (missing: readonly string[]) => string,
): void {
  if (isUnknown(list)) return report.notYetKnown(list);
  const missing = wanted.filter((item) => list?.includes(item) !== true);
  if (missing.length === 0) return;
  const unknown = list?.find(isUnknown);
  if (unknown !== undefined) report.notYetKnown(unknown);
  else report.violation(say(missing));
}
