import type * as pulumi from '@pulumi/pulumi';
import { HEALTH_PORT, SERVING_PORT } from '../engine.ts';
import { pinnedImage } from '../pinned-image.ts';
import { identityParts, type EdgeIdentity, type IdentityParts } from './edge-identity.ts';
import { gatewayRules, type EdgeNetwork } from './edge-network.ts';
import { labelsOf, selectorOf, type Manifest, type ManifestValue } from './manifest.ts';
import { denyAll } from './network-policies.ts';
import { RESTRICTED_CONTAINER, RESTRICTED_NAMESPACE, RESTRICTED_POD } from './pod-security.ts';
import type { PodResources } from './vllm-manifests.ts';

export interface EdgeManifestsArgs {
  /** Of the StatefulSet and the Service, for example `edge`. */
  readonly name: string;
  /** Made, and closed to everything not named here. */
  readonly namespace: string;
  /** Image of `services/edge`, by digest. */
  readonly image: pulumi.Input<string>;
  /** Secret of the namespace that images are pulled with. @default the nodes may pull */
  readonly pullSecret?: string;
  /** The gateway's variables, by its contract; ports and folders are set here. */
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  readonly resources: Omit<PodResources, 'gpu' | 'sharedMemory'>;
  /** A small model on CPUs in the same pod. @default the model is elsewhere on the site */
  readonly model?: EdgeModel;
  readonly identity: EdgeIdentity;
  readonly network: EdgeNetwork;
  /** Volume of records, outbox and weights. */
  readonly volume: { readonly sizeGb: number; readonly storageClass: string };
  /** Labels of nodes to run on. @default any node with the resources */
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

export interface EdgeModel {
  /** The model's variables, by its contract; port and folder are set here. */
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  readonly resources: Omit<PodResources, 'gpu' | 'sharedMemory'>;
}

/** Where the model of the same pod answers, on the loopback address alone. */
export const EDGE_MODEL_PORT = 8090;
export const EDGE_MODEL_URL = `http://127.0.0.1:${EDGE_MODEL_PORT}`;
/** The edge image's entry point: `gateway`, `model`, or `health <url>`, which ends with 0 when the address answers. */
export const EDGE_COMMAND = '/usr/local/bin/plinth-edge';
/** Where the edge image keeps records and weights, and the variables that say so. */
export const EDGE_PATHS = { PLINTH_STATE_DIR: '/state/records', PLINTH_MODELS_DIR: '/state/models' } as const;

/**
 * A site's gateway in Kubernetes, in the order it must be applied: a closed namespace, one pod that passes the "restricted" profile with a
 * volume that outlives it, and a ClusterIP Service. One pod, because ledger and outbox are files with one writer: a second one would count
 * budgets twice. Plain objects of plain arguments: any cluster takes them, with or without AWS below it.
 *
 * @throws {StackError} for an image without digest, or egress to everywhere.
 */
export function edgeManifests(args: EdgeManifestsArgs): Manifest[] {
  const { name, namespace } = args;
  const labels = labelsOf(name, 'gateway');
  const selector = { matchLabels: selectorOf(name, 'gateway') };
  const identity = identityParts(name, namespace, args.identity);
  const metadata = { name, namespace, labels };
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { ...RESTRICTED_NAMESPACE, 'app.kubernetes.io/part-of': 'plinth' } },
    },
    denyAll(namespace),
    gatewayRules(name, namespace, args.network),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    ...identity.manifests,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'ClusterIP',
        selector: selectorOf(name, 'gateway'),
        ports: [{ name: 'http', port: 80, targetPort: SERVING_PORT }],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: {
        serviceName: name,
        replicas: 1,
        selector,
        template: { metadata: { labels }, spec: pod(args, identity) },
        // What waits in the outbox is not thrown away with the pod, nor with the set.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        volumeClaimTemplates: [
          {
            metadata: { name: 'state' },
            spec: {
              accessModes: ['ReadWriteOncePod'],
              storageClassName: args.volume.storageClass,
              resources: { requests: { storage: `${args.volume.sizeGb}Gi` } },
            },
          },
        ],
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      // The site has one gateway: draining its node waits until a person moves it. A pod that is not ready may go.
      spec: { minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector },
    },
  ];
}

function pod(args: EdgeManifestsArgs, identity: IdentityParts): ManifestValue {
  const { name, nodeSelector, pullSecret, model } = args;
  const image = pinnedImage(args.image);
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: RESTRICTED_POD,
    terminationGracePeriodSeconds: 120,
    ...(nodeSelector && { nodeSelector }),
    ...(pullSecret !== undefined && { imagePullSecrets: [{ name: pullSecret }] }),
    containers: [gateway(args, image, identity), ...(model ? [modelServer(model, image)] : [])],
    volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Gi' } }, ...identity.volumes],
  };
}

function gateway(args: EdgeManifestsArgs, image: pulumi.Input<string>, identity: IdentityParts): ManifestValue {
  return {
    name: 'gateway',
    image,
    args: ['gateway'],
    securityContext: RESTRICTED_CONTAINER,
    env: variables({
      ...args.environment,
      ...identity.environment,
      ...EDGE_PATHS,
      PLINTH_HOST: '0.0.0.0',
      PLINTH_PORT: String(SERVING_PORT),
      PLINTH_HEALTH_PORT: String(HEALTH_PORT),
    }),
    ports: [
      { name: 'http', containerPort: SERVING_PORT },
      { name: 'health', containerPort: HEALTH_PORT },
    ],
    resources: promised(args.resources),
    // The first start verifies a bundle and fetches weights over the site's link: half an hour is given.
    startupProbe: { httpGet: { path: '/live', port: 'health' }, periodSeconds: 5, failureThreshold: 360 },
    readinessProbe: { httpGet: { path: '/ready', port: 'health' }, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: {
      httpGet: { path: '/live', port: 'health' },
      periodSeconds: 10,
      failureThreshold: 6,
      timeoutSeconds: 5,
    },
    // Pods that were told to stop still get calls for a moment, until every node has heard of it.
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
    volumeMounts: [{ name: 'state', mountPath: '/state' }, { name: 'scratch', mountPath: '/tmp' }, ...identity.mounts],
  };
}

/** It answers on the loopback address only, so it is asked from inside; whether it is ready, the gateway's own probe says. */
function modelServer({ environment, resources }: EdgeModel, image: pulumi.Input<string>): ManifestValue {
  return {
    name: 'model',
    image,
    args: ['model'],
    securityContext: RESTRICTED_CONTAINER,
    env: variables({
      ...environment,
      PLINTH_PORT: String(EDGE_MODEL_PORT),
      PLINTH_MODELS_DIR: EDGE_PATHS.PLINTH_MODELS_DIR,
    }),
    resources: promised(resources),
    livenessProbe: {
      exec: { command: [EDGE_COMMAND, 'health', `${EDGE_MODEL_URL}/live`] },
      initialDelaySeconds: 60,
      periodSeconds: 30,
      failureThreshold: 6,
      timeoutSeconds: 10,
    },
    volumeMounts: [
      { name: 'state', mountPath: EDGE_PATHS.PLINTH_MODELS_DIR, subPath: 'models', readOnly: true },
      { name: 'scratch', mountPath: '/tmp', subPath: 'model' },
    ],
  };
}

function variables(environment: Readonly<Record<string, pulumi.Input<string>>>): ManifestValue {
  return Object.entries(environment).map(([name, value]) => ({ name, value }));
}

/** The same on both sides: a pod that is promised less than it may take is the first to be evicted. */
function promised({ cpu, memory }: EdgeManifestsArgs['resources']): ManifestValue {
  return { requests: { cpu, memory }, limits: { cpu, memory } };
}
