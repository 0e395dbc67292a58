import { HEALTH_PORT, SERVING_PORT } from '../engine.ts';
import { labelsOf, selectorOf, type Manifest, type ManifestValue } from './manifest.ts';

export interface NetworkRules {
  /** Namespaces whose pods may call the model. */
  readonly callers: readonly string[];
  /** Namespace of what scrapes metrics. @default nobody scrapes */
  readonly monitoring?: string;
  /** Ranges that weights are fetched from, on port 443, for example those of S3. @default none, for weights that are already on the volume */
  readonly modelSources?: readonly string[];
  /** Let pods fetch credentials of EKS Pod Identity. @default false */
  readonly podIdentity?: boolean;
}

/** Where the EKS Pod Identity agent answers on every node (EKS user guide, "How EKS Pod Identity works"). */
const POD_IDENTITY_AGENT = '169.254.170.23/32';

/** Nothing in or out of the namespace, until another policy says so. */
export function denyAll(namespace: string): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
}

/** The model's pods: callers in, DNS and the sources of weights out. With a router, only the router calls. */
export function engineRules(name: string, namespace: string, rules: NetworkRules, behindRouter: boolean): Manifest {
  const from = behindRouter
    ? [{ podSelector: { matchLabels: selectorOf(name, 'router') } }]
    : rules.callers.map(inNamespace);
  return policy(name, namespace, 'engine', {
    ingress: [
      ...(from.length > 0 ? [{ from, ports: tcp(SERVING_PORT) }] : []),
      ...scrapes(rules, [SERVING_PORT, HEALTH_PORT]),
    ],
    egress: [
      dns(),
      ...(rules.modelSources?.length
        ? [{ to: rules.modelSources.map((cidr) => ({ ipBlock: { cidr } })), ports: tcp(443) }]
        : []),
      ...(rules.podIdentity ? [{ to: [{ ipBlock: { cidr: POD_IDENTITY_AGENT } }], ports: tcp(80) }] : []),
    ],
  });
}

/** The router's pods: callers in; DNS, the model and the Kubernetes API out. */
export function routerRules(name: string, namespace: string, rules: NetworkRules, port: number): Manifest {
  return policy(name, namespace, 'router', {
    ingress: [
      ...(rules.callers.length > 0 ? [{ from: rules.callers.map(inNamespace), ports: tcp(port) }] : []),
      ...scrapes(rules, [port]),
    ],
    egress: [
      dns(),
      { to: [{ podSelector: { matchLabels: selectorOf(name, 'engine') } }], ports: tcp(SERVING_PORT) },
      // The API server has no pods to select, and its address differs by cluster: any address, its port alone.
      { ports: tcp(443) },
    ],
  });
}

function policy(
  name: string,
  namespace: string,
  component: string,
  rules: { readonly ingress: ManifestValue[]; readonly egress: ManifestValue[] },
): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${name}-${component}`, namespace, labels: labelsOf(name, component) },
    spec: { podSelector: { matchLabels: selectorOf(name, component) }, policyTypes: ['Ingress', 'Egress'], ...rules },
  };
}

function inNamespace(namespace: string): ManifestValue {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

function tcp(...ports: number[]): ManifestValue {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

function scrapes({ monitoring }: NetworkRules, ports: number[]): ManifestValue[] {
  return monitoring === undefined ? [] : [{ from: [inNamespace(monitoring)], ports: tcp(...ports) }];
}

function dns(): ManifestValue {
  return {
    to: [inNamespace('kube-system')],
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  };
}
