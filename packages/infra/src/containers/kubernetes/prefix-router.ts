import type * as pulumi from '@pulumi/pulumi';
import { SERVING_PORT } from '../engine.ts';
import { pinnedImage } from '../pinned-image.ts';
import { labelsOf, selectorOf, type Manifest } from './manifest.ts';
import { routerRules, type NetworkRules } from './network-policies.ts';
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from './pod-security.ts';

/**
 * The router of the vLLM production stack: prompts that begin alike go to the pod that has their beginning in its cache.
 * https://docs.vllm.ai/projects/production-stack
 */
export interface PrefixRouter {
  readonly kind: 'vllm-router';
  /** By digest, of `lmcache/lmstack-router`. */
  readonly image: pulumi.Input<string>;
  /** @default 2 */
  readonly replicas?: number;
}

/** Not one of the first 1024 ports: the router is not root. */
export const ROUTER_PORT = 8080;

export function routerManifests(
  name: string,
  namespace: string,
  router: PrefixRouter,
  rules: NetworkRules,
): Manifest[] {
  const labels = labelsOf(name, 'router');
  const account = `${name}-router`;
  const metadata = { name: account, namespace, labels };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    },
    deployment(name, namespace, router),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(name, 'router') } },
    },
    routerRules(name, namespace, rules, ROUTER_PORT),
  ];
}

function deployment(name: string, namespace: string, router: PrefixRouter): Manifest {
  const labels = labelsOf(name, 'router');
  const selector = selectorOf(name, 'router');
  const engines = Object.entries(selectorOf(name, 'engine')).map(([key, value]) => `${key}=${value}`);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${name}-router`, namespace, labels },
    spec: {
      replicas: router.replicas ?? 2,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: `${name}-router`,
          // It watches pods: this is the one thing its account may do.
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          securityContext: RESTRICTED_POD,
          terminationGracePeriodSeconds: 150,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'topology.kubernetes.io/zone',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: selector },
            },
          ],
          containers: [
            {
              name: 'router',
              image: pinnedImage(router.image),
              args: [
                '--host=0.0.0.0',
                `--port=${ROUTER_PORT}`,
                '--service-discovery=k8s',
                `--k8s-namespace=${namespace}`,
                `--k8s-port=${SERVING_PORT}`,
                `--k8s-label-selector=${engines.join(',')}`,
                '--routing-logic=prefixaware',
              ],
              env: [
                { name: 'HOME', value: '/tmp' },
                { name: 'HF_HUB_OFFLINE', value: '1' },
              ],
              ports: [{ name: 'http', containerPort: ROUTER_PORT }],
              securityContext: RESTRICTED_CONTAINER,
              resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
              readinessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 5 },
              livenessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 10, failureThreshold: 6 },
              // Streams that run may end; new calls already go elsewhere.
              lifecycle: { preStop: { sleep: { seconds: 120 } } },
              volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }],
            },
          ],
          volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Gi' } }],
        },
      },
    },
  };
}
