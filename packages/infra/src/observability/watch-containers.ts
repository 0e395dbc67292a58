import type * as pulumi from '@pulumi/pulumi';
import { metricsOf, type Watch } from './watch.ts';

/** Where containers run. Both report through Container Insights, which the cluster must have on. */
export type WatchedContainers =
  | {
      readonly kind: 'ecs';
      readonly clusterName: pulumi.Input<string>;
      readonly serviceName: pulumi.Input<string>;
      /** Copies that must run. @default 1 */
      readonly least?: number;
      readonly label?: string;
    }
  | {
      readonly kind: 'eks';
      readonly clusterName: pulumi.Input<string>;
      readonly namespace: string;
      /** Name of the Kubernetes Service. */
      readonly serviceName: string;
      /** Copies that must run. @default 1 */
      readonly least?: number;
      readonly label?: string;
    };

/** Containers on ECS or EKS: how many run, and how busy they are. */
export function watchContainers(containers: WatchedContainers): Watch {
  const label = containers.label ?? 'containers';
  const ecs = containers.kind === 'ecs';
  const place: Readonly<Record<string, pulumi.Input<string>>> = ecs
    ? { ClusterName: containers.clusterName, ServiceName: containers.serviceName }
    : { ClusterName: containers.clusterName, Namespace: containers.namespace, Service: containers.serviceName };
  const insights = metricsOf(ecs ? 'ECS/ContainerInsights' : 'ContainerInsights', place);
  const running = ecs
    ? insights('RunningTaskCount', 'Minimum', 'running')
    : insights('service_number_of_running_pods', 'Minimum', 'running');
  const load = ecs ? metricsOf('AWS/ECS', place) : metricsOf('ContainerInsights', place);
  const memory = ecs
    ? load('MemoryUtilization', 'Average', 'memory, %')
    : load('pod_memory_utilization_over_pod_limit', 'Average', 'memory, %');
  const cpu = ecs ? load('CPUUtilization', 'Average', 'CPU, %') : load('pod_cpu_utilization', 'Average', 'CPU, %');
  return {
    alarms: {
      [`${label}-running`]: {
        description: 'Fewer copies run than must. See events of the service: image, capacity, or health checks.',
        metrics: [running],
        periodSeconds: 60,
        periods: 5,
        threshold: containers.least ?? 1,
        side: 'below',
        silence: (containers.least ?? 1) > 0 ? 'trouble' : 'fine',
      },
      [`${label}-memory`]: {
        description:
          'Memory of the containers is nearly full; the next step is to be killed. Raise the limit, or find the leak.',
        metrics: [memory],
        periodSeconds: 60,
        periods: 5,
        threshold: 90,
      },
    },
    graphs: [
      { title: `Copies of the ${label}`, lines: [running] },
      { title: `Load of the ${label}`, lines: [cpu, memory] },
    ],
  };
}

/** A target group behind an Application Load Balancer: failures, time, and targets that are not well. */
export function watchTargets(targets: {
  /** ARN suffix, `app/<name>/<id>`. */
  loadBalancer: pulumi.Input<string>;
  /** ARN suffix, `targetgroup/<name>/<id>`. */
  targetGroup: pulumi.Input<string>;
  /** Seconds until the first byte, at the 99th percentile of five minutes. @default 30 */
  responseSeconds?: number;
  /** @default 'targets' */
  label?: string;
}): Watch {
  const label = targets.label ?? 'targets';
  const metric = metricsOf('AWS/ApplicationELB', {
    LoadBalancer: targets.loadBalancer,
    TargetGroup: targets.targetGroup,
  });
  const failed = metric('HTTPCode_Target_5XX_Count', 'Sum', 'failed (5xx)');
  const unwell = metric('UnHealthyHostCount', 'Maximum', 'unwell');
  const time = metric('TargetResponseTime', 'p99', 'p99, s');
  return {
    alarms: {
      [`${label}-errors`]: {
        description: 'Containers answer with 5xx. See their log group for the request ids.',
        metrics: [failed],
        periodSeconds: 300,
        threshold: 5,
      },
      [`${label}-unwell`]: {
        description: 'A container fails its health check. See its log group, then the memory of the machine.',
        metrics: [unwell],
        periodSeconds: 60,
        periods: 5,
        threshold: 0,
      },
      [`${label}-slow`]: {
        description: 'The first byte comes late. See how many requests wait, and whether scaling is at its maximum.',
        metrics: [time],
        periodSeconds: 300,
        threshold: targets.responseSeconds ?? 30,
      },
    },
    graphs: [
      { title: `Requests to the ${label}`, lines: [metric('RequestCount', 'Sum', 'requests'), failed] },
      { title: `Time and health of the ${label}`, lines: [time, unwell] },
    ],
  };
}
