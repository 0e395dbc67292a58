import * as awsx from '@pulumi/awsx';
import * as pulumi from '@pulumi/pulumi';
import type { BuiltVpc } from './isolated-vpc.ts';

/** How many NAT gateways: one for each zone, or one for all. */
export type Nat = 'one-per-zone' | 'single';

interface RoutedVpcArgs {
  readonly zones: readonly string[];
  readonly cidrBlock: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly nat: Nat;
  /** Prefix length of public subnets. `undefined`: as large as the private ones. */
  readonly publicMask: number | undefined;
}

/** A VPC with private subnets that call out through NAT gateways in public ones, as awsx builds it. */
export function routedVpc(name: string, args: RoutedVpcArgs, opts: pulumi.ComponentResourceOptions): BuiltVpc {
  const vpc = new awsx.ec2.Vpc(
    name,
    {
      cidrBlock: args.cidrBlock,
      availabilityZoneNames: [...args.zones],
      enableDnsHostnames: true,
      enableDnsSupport: true,
      subnetStrategy: 'Auto',
      subnetSpecs: [
        { type: 'Private' },
        { type: 'Public', ...(args.publicMask !== undefined && { cidrMask: args.publicMask }) },
      ],
      natGateways: { strategy: args.nat === 'single' ? 'Single' : 'OnePerAz' },
      tags: { ...args.tags },
    },
    opts,
  );
  return {
    vpcId: vpc.vpcId,
    subnetIds: vpc.privateSubnetIds,
    publicSubnetIds: vpc.publicSubnetIds,
    routeTableIds: vpc.routeTables.apply((tables) => pulumi.all(tables.map(({ id }) => id))),
  };
}
