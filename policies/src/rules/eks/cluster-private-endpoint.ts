import { judge } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const clusterPrivateEndpoint = defineRule({
  id: 'eks-cluster-private-endpoint',
  requirement: 21,
  pack: 'baseline',
  title: 'The Kubernetes API is reached from the VPC only',
  description:
    'Whoever reaches the API server needs one leaked token to run anything on every accelerator of the cluster.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Set vpcConfig.endpointPrivateAccess to true and vpcConfig.endpointPublicAccess to false.',
  source: { controls: ['EKS.1', 'CKV_AWS_39'], url: securityHub('eks', 'EKS.1') },
  types: ['aws:eks/cluster:Cluster'],
  check(cluster, report) {
    const vpc = cluster.vpcConfig;
    if (isUnknown(vpc)) return report.notYetKnown(vpc);
    // Left out, AWS makes the endpoint public and not private.
    judge(vpc?.endpointPublicAccess, report, (on) => on === false, 'The API server has a public endpoint.');
    judge(vpc?.endpointPrivateAccess, report, (on) => on === true, 'The API server has no private endpoint.');
  },
});
