import type * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { Manifest } from './manifest.ts';
import { serviceUrl, vllmManifests, type VllmManifestsArgs } from './vllm-manifests.ts';

export interface KubernetesInferenceArgs extends VllmManifestsArgs {
  /** The cluster. Any will do: EKS, Outposts, or one's own. */
  readonly provider: kubernetes.Provider;
}

/** vLLM on a Kubernetes cluster: everything {@link vllmManifests} says, applied in its order. */
export class KubernetesInference extends pulumi.ComponentResource {
  /** `http://<name>.<namespace>.svc/v1`, from inside the cluster. */
  readonly url: pulumi.Output<string>;
  readonly namespace: pulumi.Output<string>;
  /** Account the pods run as, for what a role may be bound to. */
  readonly serviceAccount: pulumi.Output<string>;

  constructor(name: string, args: KubernetesInferenceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const manifests = vllmManifests(args);
    super('plinth:containers:KubernetesInference', name, {}, opts);
    applyManifests(name, manifests, { parent: this, provider: args.provider });
    this.url = pulumi.output(serviceUrl(args));
    this.namespace = pulumi.output(args.namespace);
    this.serviceAccount = pulumi.output(args.name);
    this.registerOutputs({ url: this.url, namespace: this.namespace });
  }
}

/**
 * Registers manifests one by one, so that plans show and policies judge each. Namespaces, and the rules that close them, come first:
 * no pod of ours is ever in an open one.
 */
export function applyManifests(
  name: string,
  manifests: readonly Manifest[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const before: pulumi.Resource[] = [];
  return manifests.map((manifest) => {
    const resource = new KubernetesObject(
      `${name}-${manifest.kind.toLowerCase()}-${manifest.metadata.name}`,
      manifest,
      pulumi.mergeOptions(opts, { dependsOn: [...before] }),
    );
    if (FIRST.includes(manifest.kind)) before.push(resource);
    return resource;
  });
}

const FIRST = ['Namespace', 'NetworkPolicy'];

/** A manifest under the type that Pulumi's own class of its kind has. */
class KubernetesObject extends pulumi.CustomResource {
  constructor(name: string, manifest: Manifest, opts: pulumi.CustomResourceOptions) {
    // Pulumi's types name the core group, which Kubernetes leaves out.
    const version = manifest.apiVersion === 'v1' ? 'core/v1' : manifest.apiVersion;
    super(`kubernetes:${version}:${manifest.kind}`, name, { ...manifest }, opts);
  }
}
