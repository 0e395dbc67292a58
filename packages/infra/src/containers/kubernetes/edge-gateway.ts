import type { EdgeModelEnvironment, EdgeServerEnvironment } from '@plinth/contracts';
import type * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { ServiceEnvironment } from '../../fronts/service-function.ts';
import { edgeManifests, type EdgeManifestsArgs, type EdgeModel } from './edge-manifests.ts';
import { applyManifests } from './model-server.ts';

/** Variables this component sets itself. */
type Ours = 'PLINTH_HOST' | 'PLINTH_PORT' | 'PLINTH_HEALTH_PORT' | 'PLINTH_STATE_DIR' | 'PLINTH_MODELS_DIR';

/** What a stack must give the gateway: one value for every variable of its contract that has no default. */
export type EdgeVariables = Omit<ServiceEnvironment<typeof EdgeServerEnvironment>, Ours>;
export type EdgeModelVariables = Omit<ServiceEnvironment<typeof EdgeModelEnvironment>, Ours>;

export interface KubernetesEdgeArgs extends Omit<EdgeManifestsArgs, 'environment' | 'model'> {
  /** The cluster. Any will do: on an Outpost, on premises, or a folder that manifests are written to. */
  readonly provider: kubernetes.Provider;
  readonly environment: EdgeVariables;
  readonly model?: Omit<EdgeModel, 'environment'> & { readonly environment: EdgeModelVariables };
}

/** A site's gateway on a Kubernetes cluster: everything {@link edgeManifests} says, applied in its order. */
export class KubernetesEdge extends pulumi.ComponentResource {
  /** `http://<name>.<namespace>.svc/v1`, from inside the cluster. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: KubernetesEdgeArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { provider, ...rest } = args;
    const manifests = edgeManifests({
      ...rest,
      environment: present(args.environment),
      model: args.model && { ...args.model, environment: present(args.model.environment) },
    });
    super('plinth:containers:KubernetesEdge', name, {}, opts);
    applyManifests(name, manifests, { parent: this, provider });
    this.url = pulumi.output(`http://${args.name}.${args.namespace}.svc/v1`);
    this.registerOutputs({ url: this.url });
  }
}

function present(environment: object): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
}
