import { awsxVpc } from './awsx-vpc.ts';
import { eksCluster } from './eks-cluster.ts';
import type { RemoteComponent } from './remote-component.ts';

export * from './remote-component.ts';

/** Every remote component the stacks use, by type token. */
export const REMOTE_COMPONENTS: ReadonlyMap<string, RemoteComponent> = new Map<string, RemoteComponent>(
  [awsxVpc, eksCluster].map((component) => [component.type, component]),
);
