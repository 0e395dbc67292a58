import type * as pulumi from '@pulumi/pulumi';
import { metricsOf, type Alarm, type Watch } from './watch.ts';

export interface WatchedEndpoint {
  readonly endpointName: pulumi.Input<string>;
  /** @default 'main' */
  readonly variantName?: pulumi.Input<string>;
  /** Tells several endpoints apart. @default 'endpoint' */
  readonly label?: string;
  /** GPUs of one instance; SageMaker counts 100 % for each. 0 for CPU, Inferentia and Trainium. @default 1 */
  readonly gpus?: number;
  /** Percent of GPU memory, of each GPU, from which the next long prompt may not fit. @default 95 */
  readonly gpuMemoryPercent?: number;
  /** Percent of busy GPU or CPU, on average, from which requests begin to queue. @default 90 */
  readonly busyPercent?: number;
  /** Requests waiting at an asynchronous endpoint that are too many. @default the endpoint answers at once */
  readonly asyncBacklog?: number;
}

/**
 * How full and how busy the machines behind a SageMaker endpoint are, and who is turned away. Errors and slowness have alarms of
 * their own already, which also turn back a rollout: `RealtimeEndpoint` and `AsyncEndpoint` make those.
 * Source of names and units: "Monitor SageMaker AI with CloudWatch", AWS documentation.
 */
export function watchEndpoint(endpoint: WatchedEndpoint): Watch {
  const label = endpoint.label ?? 'endpoint';
  const gpus = endpoint.gpus ?? 1;
  const place = { EndpointName: endpoint.endpointName, VariantName: endpoint.variantName ?? 'main' };
  const calls = metricsOf('AWS/SageMaker', place);
  const machine = metricsOf('/aws/sagemaker/Endpoints', place);
  const queue = metricsOf('AWS/SageMaker', { EndpointName: endpoint.endpointName });

  const busy =
    gpus > 0
      ? machine('GPUUtilization', 'Average', 'GPU busy, %')
      : machine('CPUUtilization', 'Average', 'CPU busy, %');
  const memory =
    gpus > 0
      ? machine('GPUMemoryUtilization', 'Maximum', 'GPU memory, %')
      : machine('MemoryUtilization', 'Maximum', 'memory, %');
  const backlog = queue('ApproximateBacklogSize', 'Maximum', 'waiting');
  const alarms: Record<string, Alarm> = {
    [`${label}-memory`]: {
      description:
        'Memory of the model is nearly full. Lower max-model-len or concurrent sequences, or take a larger instance.',
      metrics: [memory],
      periodSeconds: 60,
      periods: 5,
      threshold: (endpoint.gpuMemoryPercent ?? 95) * Math.max(gpus, 1),
    },
    [`${label}-busy`]: {
      description: 'The machines are busy and scaling has not relieved them. See whether it is at its maximum.',
      metrics: [busy],
      periodSeconds: 60,
      periods: 15,
      threshold: (endpoint.busyPercent ?? 90) * Math.max(gpus, 1),
    },
    [`${label}-throttles`]: {
      description: 'The endpoint turns callers away (4xx): a wrong request, or more of them than it takes.',
      metrics: [calls('Invocation4XXErrors', 'Sum', 'refused (4xx)')],
      periodSeconds: 300,
      threshold: 25,
    },
    ...(endpoint.asyncBacklog !== undefined && {
      [`${label}-backlog`]: {
        description:
          'Requests wait longer than planned. See the maximum of scaling, and whether instances are to be had.',
        metrics: [backlog],
        periodSeconds: 60,
        periods: 10,
        threshold: endpoint.asyncBacklog,
      },
    }),
  };
  return {
    alarms,
    graphs: [
      {
        title: `Calls of the ${label}`,
        lines: [
          calls('Invocations', 'Sum', 'calls'),
          calls('Invocation4XXErrors', 'Sum', 'refused (4xx)'),
          calls('Invocation5XXErrors', 'Sum', 'failed (5xx)'),
        ],
      },
      {
        title: `Time of a call of the ${label}`,
        lines: [calls('ModelLatency', 'p99', 'model, p99, µs'), calls('OverheadLatency', 'p99', 'SageMaker, p99, µs')],
      },
      { title: `Machines of the ${label}`, lines: [busy, memory, machine('DiskUtilization', 'Maximum', 'disk, %')] },
      ...(endpoint.asyncBacklog === undefined ? [] : [{ title: `Backlog of the ${label}`, lines: [backlog] }]),
    ],
  };
}
