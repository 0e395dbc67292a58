import type * as pulumi from '@pulumi/pulumi';

/** A network as others need to know it: a `Network` of the same stack, or what another stack exports of its own. */
export interface NetworkReference {
  readonly vpcId: pulumi.Input<string>;
  /** Addresses of the VPC. */
  readonly cidrBlock: pulumi.Input<string>;
  /** Where workloads go. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly routeTableIds: pulumi.Input<pulumi.Input<string>[]>;
}
