import { resolve } from 'node:path';
import * as aws from '@pulumi/aws';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { KubernetesSite, OutpostsEksSite } from './site-config.ts';

/** The cluster of a site, as whoever deploys reaches it. */
export function clusterOf(
  site: KubernetesSite | OutpostsEksSite,
  opts: pulumi.ComponentResourceOptions,
): kubernetes.Provider {
  const provider = (args: kubernetes.ProviderArgs) => new kubernetes.Provider(`site-${site.name}`, args, opts);
  if (site.kind === 'outposts-eks') return provider({ kubeconfig: localClusterConfig(site.clusterName) });
  const { cluster } = site;
  switch (cluster.kind) {
    case 'context':
      return provider({ context: cluster.context });
    case 'secret':
      return provider({
        kubeconfig: pulumi.secret(
          aws.secretsmanager.getSecretVersionOutput({ secretId: cluster.secretArn }).secretString,
        ),
      });
    case 'rendered':
      return provider({ renderYamlToDirectory: resolve(import.meta.dirname, '../..', cluster.folder) });
  }
}

/** As `aws eks update-kubeconfig` writes it for a local cluster, which signs in by its id (EKS user guide, "Create a local cluster"). */
function localClusterConfig(clusterName: string): pulumi.Output<string> {
  const cluster = aws.eks.getClusterOutput({ name: clusterName });
  const authority = cluster.certificateAuthorities.apply((list) => list[0]?.data ?? '');
  return pulumi.jsonStringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'site',
    clusters: [{ name: 'site', cluster: { server: cluster.endpoint, 'certificate-authority-data': authority } }],
    contexts: [{ name: 'site', context: { cluster: 'site', user: 'deployer' } }],
    users: [
      {
        name: 'deployer',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1beta1',
            command: 'aws',
            args: ['eks', 'get-token', '--cluster-id', cluster.clusterId],
          },
        },
      },
    ],
  });
}
