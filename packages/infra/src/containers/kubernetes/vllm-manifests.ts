import type * as pulumi from '@pulumi/pulumi';
import {
  API_KEY_VARIABLE,
  HEALTH_PORT,
  MODELS_PATH,
  SCRATCH_PATH,
  SERVING_PORT,
  servingEnvironment,
  type ModelWeights,
  type VllmEngine,
} from '../engine.ts';
import { pinnedImage } from '../pinned-image.ts';
import { labelsOf, selectorOf, type Manifest, type ManifestValue } from './manifest.ts';
import { cacheManifests, cacheVolume, type ModelCache } from './model-cache.ts';
import { denyAll, engineRules, type NetworkRules } from './network-policies.ts';
import { RESTRICTED_CONTAINER, RESTRICTED_NAMESPACE, RESTRICTED_POD } from './pod-security.ts';
import { routerManifests, ROUTER_PORT, type PrefixRouter } from './prefix-router.ts';
import { checkReplicas, initialReplicas, scalingManifests, type ReplicaScaling } from './replica-scaling.ts';

export interface VllmManifestsArgs {
  /** Of the Deployment and the Service, for example `llama`. */
  readonly name: string;
  /** Made, and closed to everything not named here. */
  readonly namespace: string;
  /** Image of `services/vllm`, by digest. */
  readonly image: pulumi.Input<string>;
  readonly engine: VllmEngine;
  readonly model: ModelWeights;
  readonly cache: ModelCache;
  readonly scaling: ReplicaScaling;
  readonly network: NetworkRules;
  readonly resources: PodResources;
  /** @default whatever pod is asked is asked: the Service spreads calls evenly */
  readonly router?: PrefixRouter;
  /** Secret of the namespace that holds the key callers must show. @default the network alone keeps others out */
  readonly apiKeySecret?: { readonly name: string; readonly key: string };
  /** Seconds running answers may take when a pod stops. @default 110 */
  readonly drainSeconds?: number;
  /** Seconds weights may take to load before a pod counts as failed. @default 1200 */
  readonly loadSeconds?: number;
  /** Labels of nodes to run on. @default any node with the resources */
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

export interface PodResources {
  /** Cores, for example `'4'`. */
  readonly cpu: string;
  /** For example `'16Gi'`. */
  readonly memory: string;
  /** Accelerators of one pod. @default none: the model runs on CPUs */
  readonly gpu?: {
    readonly count: number;
    /** `nvidia.com/mig-1g.10gb` for a slice of one. @default 'nvidia.com/gpu' */
    readonly resource?: string;
  };
  /** Shared memory that GPUs of one pod talk through. @default '4Gi' */
  readonly sharedMemory?: string;
}

/** Pods that were told to stop still get calls for a moment, until every node has heard of it. */
const UNTIL_EVERYONE_KNOWS = 5;

/**
 * Everything one vLLM deployment is in Kubernetes, in the order it must be applied: a closed namespace, the model's cache, pods that pass
 * the "restricted" profile, a ClusterIP Service, who may call, how many may be disturbed at once, and how their number follows vLLM's queue.
 * Plain objects of plain arguments: nothing here knows of EKS, so any cluster takes them.
 *
 * @throws {StackError} for arguments that contradict, an image without digest, or flags that run a model's own code.
 */
export function vllmManifests(args: VllmManifestsArgs): Manifest[] {
  checkReplicas(args.scaling);
  const { name, namespace } = args;
  const labels = labelsOf(name, 'engine');
  const selector = { matchLabels: selectorOf(name, 'engine') };
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { ...RESTRICTED_NAMESPACE, 'app.kubernetes.io/part-of': 'plinth' } },
    },
    denyAll(namespace),
    engineRules(name, namespace, args.network, args.router !== undefined),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace, labels },
      automountServiceAccountToken: false,
    },
    ...cacheManifests(name, namespace, args.cache),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels },
      spec: {
        replicas: initialReplicas(args.scaling),
        // An accelerator is rarely free for a second copy: the new pod waits for the old one's.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        progressDeadlineSeconds: (args.loadSeconds ?? 1200) + 600,
        selector,
        template: { metadata: { labels }, spec: pod(args) },
      },
    },
    service(args),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, namespace, labels },
      spec: { maxUnavailable: 1, selector },
    },
    ...(args.router === undefined ? [] : routerManifests(name, namespace, args.router, args.network)),
    ...scalingManifests(name, namespace, args.scaling),
  ];
}

/** Where callers inside the cluster reach the model: `http://<name>.<namespace>.svc/v1`. */
export function serviceUrl({ name, namespace }: Pick<VllmManifestsArgs, 'name' | 'namespace'>): string {
  return `http://${name}.${namespace}.svc/v1`;
}

/** One address whether there is a router or not, so that callers need not care. */
function service({ name, namespace, router }: VllmManifestsArgs): Manifest {
  const component = router === undefined ? 'engine' : 'router';
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labelsOf(name, component) },
    spec: {
      type: 'ClusterIP',
      selector: selectorOf(name, component),
      ports: [{ name: 'http', port: 80, targetPort: router === undefined ? SERVING_PORT : ROUTER_PORT }],
    },
  };
}

function pod(args: VllmManifestsArgs): ManifestValue {
  const { name, resources, nodeSelector } = args;
  const gpu = resources.gpu;
  const drainSeconds = args.drainSeconds ?? 110;
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    // Kubernetes would set VLLM_PORT and its kin for a Service named vllm, and vLLM would take them for its own.
    enableServiceLinks: false,
    securityContext: RESTRICTED_POD,
    terminationGracePeriodSeconds: drainSeconds + UNTIL_EVERYONE_KNOWS + 20,
    ...(nodeSelector && { nodeSelector }),
    ...(gpu && { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }] }),
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: selectorOf(name, 'engine') },
    })),
    containers: [engineContainer(args, drainSeconds)],
    volumes: [
      cacheVolume(name, args.cache),
      { name: 'scratch', emptyDir: { sizeLimit: '20Gi' } },
      { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: resources.sharedMemory ?? '4Gi' } },
    ],
  };
}

function engineContainer(args: VllmManifestsArgs, drainSeconds: number): ManifestValue {
  const { engine, model, resources, apiKeySecret } = args;
  const gpu = resources.gpu;
  const quantities = {
    cpu: resources.cpu,
    memory: resources.memory,
    ...(gpu && { [gpu.resource ?? 'nvidia.com/gpu']: String(gpu.count) }),
  };
  const environment = servingEnvironment({ engine, model, gpus: gpu?.count, drainSeconds });
  return {
    name: 'engine',
    image: pinnedImage(args.image),
    securityContext: RESTRICTED_CONTAINER,
    env: [
      ...Object.entries(environment).map(([name, value]) => ({ name, value })),
      ...(apiKeySecret === undefined
        ? []
        : [{ name: API_KEY_VARIABLE.vllm, valueFrom: { secretKeyRef: { ...apiKeySecret } } }]),
    ],
    ports: [
      { name: 'http', containerPort: SERVING_PORT },
      { name: 'health', containerPort: HEALTH_PORT },
    ],
    // The same on both sides: a pod that is promised less than it may take is the first to be evicted.
    resources: { requests: quantities, limits: quantities },
    startupProbe: {
      httpGet: { path: '/ready', port: 'health' },
      periodSeconds: 10,
      failureThreshold: Math.ceil((args.loadSeconds ?? 1200) / 10),
    },
    readinessProbe: { httpGet: { path: '/ready', port: 'health' }, periodSeconds: 5, failureThreshold: 1 },
    livenessProbe: {
      httpGet: { path: '/live', port: 'health' },
      periodSeconds: 10,
      failureThreshold: 6,
      timeoutSeconds: 5,
    },
    // Then the entry point gets SIGTERM, turns unready and waits for running answers.
    lifecycle: { preStop: { sleep: { seconds: UNTIL_EVERYONE_KNOWS } } },
    volumeMounts: [
      { name: 'models', mountPath: MODELS_PATH },
      { name: 'scratch', mountPath: SCRATCH_PATH },
      { name: 'shared-memory', mountPath: '/dev/shm' },
    ],
  };
}
