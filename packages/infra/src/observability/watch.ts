import type * as pulumi from '@pulumi/pulumi';

/** One number AWS or a service of ours reports, and how it is summed up over a period. */
export interface MetricReference {
  readonly namespace: string;
  readonly name: string;
  /** `Sum`, `Average`, `Maximum`, `Minimum`, or a percentile such as `p99`. */
  readonly stat: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  /** What a graph calls its line. */
  readonly label: string;
}

/** When somebody should look, and at what. */
export interface Alarm {
  readonly description: string;
  /** Several are added up. */
  readonly metrics: readonly MetricReference[];
  readonly periodSeconds: number;
  readonly threshold: number;
  /** Which side of the threshold is bad. @default 'above' */
  readonly side?: 'above' | 'below';
  /** Periods in a row that must be bad. @default 1 */
  readonly periods?: number;
  /** What no number at all means. @default 'fine': nobody may be calling */
  readonly silence?: 'fine' | 'trouble';
}

/** Lines found while a dashboard is looked at: one for every value of the dimension that is reported. */
export interface MetricSearch {
  readonly namespace: string;
  readonly dimension: string;
  readonly name: string;
  readonly stat: string;
}

export interface Graph {
  readonly title: string;
  readonly lines: readonly MetricReference[] | MetricSearch;
}

/**
 * What is worth watching of one part of a stack. `watch…()` functions make them; {@link Alarms} and {@link Dashboard} of a use case
 * take a list of them.
 */
export interface Watch {
  /** By name; a stack's alarms are `<name of the component>-<this>`. */
  readonly alarms: Readonly<Record<string, Alarm>>;
  readonly graphs: readonly Graph[];
}

/** References to metrics of one namespace and one resource. */
export function metricsOf(namespace: string, dimensions: Readonly<Record<string, pulumi.Input<string>>>) {
  return (name: string, stat: string, label: string): MetricReference => ({ namespace, name, stat, dimensions, label });
}
