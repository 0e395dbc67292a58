import { StackError } from '../../governance/stack-error.ts';
import { labelsOf, type Manifest, type ManifestValue } from './manifest.ts';

/** How many pods serve. */
export type ReplicaScaling = FixedReplicas | HpaScaling | KedaScaling;

export interface FixedReplicas {
  readonly kind: 'fixed';
  readonly replicas: number;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Requests waiting, per pod, that scaling holds to. @default 4 */
  readonly waitingRequests?: number;
}

/** Kubernetes' own autoscaler, on vLLM's queue as an adapter (prometheus-adapter) offers it under `vllm_num_requests_waiting`. */
export interface HpaScaling extends Bounds {
  readonly kind: 'hpa';
}

/** KEDA, on vLLM's queue and tokens in Prometheus, and by the clock. Scales to zero out of hours when `min` is 0. */
export interface KedaScaling extends Bounds {
  readonly kind: 'keda';
  /** Prometheus that scrapes the pods, for example `http://prometheus.monitoring.svc:9090`. */
  readonly prometheusUrl: string;
  /** Tokens written a second, per pod, that scaling holds to. @default tokens do not scale */
  readonly tokensPerSecond?: number;
  /** Pods kept in working hours, in cron's five fields. @default none */
  readonly workingHours?: {
    readonly timezone: string;
    readonly start: string;
    readonly end: string;
    readonly replicas: number;
  };
}

/** Pods to begin with. Afterwards the number is the autoscaler's. */
export function initialReplicas(scaling: ReplicaScaling): number {
  return scaling.kind === 'fixed' ? scaling.replicas : Math.max(scaling.min, 1);
}

/** @throws {StackError} for bounds that contradict. */
export function checkReplicas(scaling: ReplicaScaling): void {
  if (scaling.kind === 'fixed') {
    if (scaling.replicas < 0) throw new StackError('Set replicas to zero or more.');
    return;
  }
  if (scaling.min < 0 || scaling.max < Math.max(scaling.min, 1))
    throw new StackError('Set max to min or more, and to one at least.');
  if (scaling.kind === 'hpa' && scaling.min < 1)
    throw new StackError('The HPA keeps one pod at least: set min to 1, or choose keda.');
  if (scaling.kind === 'keda' && scaling.min === 0 && scaling.workingHours === undefined)
    throw new StackError('With min 0 no pod is there to report a queue: set workingHours, or min to 1.');
}

export function scalingManifests(name: string, namespace: string, scaling: ReplicaScaling): Manifest[] {
  if (scaling.kind === 'fixed') return [];
  const metadata = { name, namespace, labels: labelsOf(name, 'engine') };
  const behavior = {
    scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] },
    scaleDown: { stabilizationWindowSeconds: 600, policies: [{ type: 'Pods', value: 1, periodSeconds: 120 }] },
  };
  const waiting = scaling.waitingRequests ?? 4;
  if (scaling.kind === 'hpa')
    return [
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata,
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
          minReplicas: scaling.min,
          maxReplicas: scaling.max,
          metrics: [
            {
              type: 'Pods',
              pods: {
                metric: { name: 'vllm_num_requests_waiting' },
                target: { type: 'AverageValue', averageValue: String(waiting) },
              },
            },
          ],
          behavior,
        },
      },
    ];
  return [
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata,
      spec: {
        scaleTargetRef: { name },
        minReplicaCount: scaling.min,
        maxReplicaCount: scaling.max,
        pollingInterval: 15,
        cooldownPeriod: 600,
        advanced: { horizontalPodAutoscalerConfig: { behavior } },
        triggers: triggers(name, namespace, scaling, waiting),
      },
    },
  ];
}

function triggers(name: string, namespace: string, scaling: KedaScaling, waiting: number): ManifestValue[] {
  const pods = `{namespace="${namespace}",pod=~"${name}-.*"}`;
  const prometheus = (query: string, threshold: number): ManifestValue => ({
    type: 'prometheus',
    metricType: 'AverageValue',
    metadata: { serverAddress: scaling.prometheusUrl, query, threshold: String(threshold) },
  });
  const { workingHours, tokensPerSecond } = scaling;
  return [
    prometheus(`sum(vllm:num_requests_waiting${pods})`, waiting),
    ...(tokensPerSecond === undefined
      ? []
      : [prometheus(`sum(rate(vllm:generation_tokens_total${pods}[1m]))`, tokensPerSecond)]),
    ...(workingHours === undefined
      ? []
      : [
          {
            type: 'cron',
            metadata: {
              timezone: workingHours.timezone,
              start: workingHours.start,
              end: workingHours.end,
              desiredReplicas: String(workingHours.replicas),
            },
          },
        ]),
  ];
}
