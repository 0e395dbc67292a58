import { HEALTH_PORT, SERVING_PORT } from '../engine.ts';
import { StackError } from '../../governance/stack-error.ts';
import { labelsOf, selectorOf, type Manifest, type ManifestValue } from './manifest.ts';

/** Who reaches a site's gateway, and what it reaches. Everything else is refused. */
export interface EdgeNetwork {
  /** Namespaces whose pods may call the gateway: an ingress controller, the site's own services. */
  readonly callers: readonly string[];
  /** Namespace of what scrapes metrics. @default nobody scrapes */
  readonly monitoring?: string;
  /** Ranges that AWS is reached at on port 443: endpoints behind a VPN, Direct Connect, or a proxy's address. */
  readonly aws: readonly string[];
  /** Let pods fetch credentials of EKS Pod Identity. @default false */
  readonly podIdentity?: boolean;
  /** Namespace of a vLLM beside the gateway. @default the model is in the gateway's own pod */
  readonly modelNamespace?: string;
}

/** Where the EKS Pod Identity agent answers on every node (EKS user guide, "How EKS Pod Identity works"). */
const POD_IDENTITY_AGENT = '169.254.170.23/32';

/** The gateway's pods: callers in; DNS, AWS and the model out. @throws {StackError} for a range that is everything. */
export function gatewayRules(name: string, namespace: string, network: EdgeNetwork): Manifest {
  for (const range of network.aws)
    if (/\/0$/.test(range))
      throw new StackError(
        `${range} is every address. Name the ranges AWS is reached at: endpoints behind the link, or a proxy.`,
      );
  const inNamespace = (other: string): ManifestValue => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': other } },
  });
  const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP', port }));
  const { callers, monitoring, modelNamespace } = network;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: labelsOf(name, 'gateway') },
    spec: {
      podSelector: { matchLabels: selectorOf(name, 'gateway') },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        ...(callers.length > 0 ? [{ from: callers.map(inNamespace), ports: tcp(SERVING_PORT) }] : []),
        ...(monitoring === undefined ? [] : [{ from: [inNamespace(monitoring)], ports: tcp(HEALTH_PORT) }]),
      ],
      egress: [
        {
          to: [inNamespace('kube-system')],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
        ...(network.aws.length > 0
          ? [{ to: network.aws.map((cidr) => ({ ipBlock: { cidr } })), ports: tcp(443) }]
          : []),
        ...(network.podIdentity === true ? [{ to: [{ ipBlock: { cidr: POD_IDENTITY_AGENT } }], ports: tcp(80) }] : []),
        ...(modelNamespace === undefined ? [] : [{ to: [inNamespace(modelNamespace)], ports: tcp(SERVING_PORT) }]),
      ],
    },
  };
}
