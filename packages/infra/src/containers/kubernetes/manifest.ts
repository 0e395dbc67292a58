import type * as pulumi from '@pulumi/pulumi';

/** A value of a manifest: JSON, parts of which may only be known once something exists. */
export type ManifestValue =
  | pulumi.Input<string>
  | number
  | boolean
  | pulumi.Output<Readonly<Record<string, string>>[]>
  | readonly ManifestValue[]
  | { readonly [key: string]: ManifestValue | undefined };

/** One object of the Kubernetes API, as `kubectl apply` would take it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** Absent for what belongs to the whole cluster. */
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: ManifestValue | undefined;
}

/** The labels of what belongs together (kubernetes.io, "Recommended Labels"). */
export function labelsOf(name: string, component: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'plinth',
  };
}

/** What a pod selects by: the two labels that never change. */
export function selectorOf(name: string, component: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': component };
}
