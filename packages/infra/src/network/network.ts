import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import type { RetentionDays } from '../observability/log-group.ts';
import { parseCidr } from './cidr.ts';
import { flowLogs } from './flow-logs.ts';
import { isolatedVpc } from './isolated-vpc.ts';
import { routedVpc, type Nat } from './routed-vpc.ts';

export type NetworkArgs = PublicEdgeNetwork | PrivateNetwork | IsolatedNetwork;

interface AnyNetwork {
  readonly placement: Placement;
  /** Availability zones by name, two at least: databases and load balancers ask for two. For example `['us-east-1a', 'us-east-1b']`. */
  readonly zones: readonly string[];
  /** Addresses of the VPC, /16 to /24. Networks that are to be joined one day must not overlap. @default '10.0.0.0/16' */
  readonly cidrBlock?: string;
  /** Physical name of the log group of flow logs, for example `/plinth/dev/flow`. */
  readonly logGroupName: pulumi.Input<string>;
  /** Customer-managed key whose policy lets CloudWatch Logs use it. */
  readonly logKeyArn: pulumi.Input<string>;
  /** @default 365 */
  readonly logRetentionDays?: RetentionDays;
}

interface RoutedNetwork extends AnyNetwork {
  /** The platform's tags. These networks are built by a plugin, which the tags of the stack do not reach by themselves. */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * NAT gateways: one for each zone survives the loss of a zone; a single one costs an hourly price once, and is enough for dev.
   * @default 'one-per-zone'
   */
  readonly nat?: Nat;
}

/** Public and private subnets of one size: for what faces the internet beside what does not. */
export interface PublicEdgeNetwork extends RoutedNetwork {
  readonly shape: 'public-edge';
}

/** Private subnets that call out through NAT. The public ones have room for gateways and load balancers, and for little else. */
export interface PrivateNetwork extends RoutedNetwork {
  readonly shape: 'private';
}

/** Nothing leads in or out: no internet gateway, no NAT. AWS is reached by `VpcEndpoints` alone. */
export interface IsolatedNetwork extends AnyNetwork {
  readonly shape: 'isolated';
}

/**
 * A VPC over several zones: its flow logs are kept, encrypted, and its default security group admits nothing.
 *
 * @throws {StackError} for fewer than two zones, zones named twice, or a block that AWS does not take.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly cidrBlock: string;
  readonly zones: readonly string[];
  /** Where workloads go, one subnet for each zone: private ones, or isolated ones. */
  readonly subnetIds: pulumi.Output<string[]>;
  /** For load balancers that face the internet. Empty in an isolated network. */
  readonly publicSubnetIds: pulumi.Output<string[]>;
  /** Every route table: gateway endpoints are written into all of them. */
  readonly routeTableIds: pulumi.Output<string[]>;

  constructor(name: string, args: NetworkArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:network:Network', name, {}, opts);
    const { zones, cidrBlock = '10.0.0.0/16' } = args;
    refuseWhatAwsRefuses(name, zones, cidrBlock);
    const parent = { parent: this };
    const vpc =
      args.shape === 'isolated'
        ? isolatedVpc(name, { zones, cidrBlock }, parent)
        : routedVpc(
            name,
            {
              zones,
              cidrBlock,
              tags: args.tags,
              nat: args.nat ?? 'one-per-zone',
              publicMask: args.shape === 'private' ? 26 : undefined,
            },
            parent,
          );
    this.vpcId = vpc.vpcId;
    this.cidrBlock = cidrBlock;
    this.zones = zones;
    this.subnetIds = vpc.subnetIds;
    this.publicSubnetIds = vpc.publicSubnetIds;
    this.routeTableIds = vpc.routeTableIds;

    // AWS gives every VPC a group that admits its own members; left without rules, it is of no use to anybody.
    new aws.ec2.DefaultSecurityGroup(name, { vpcId: this.vpcId, ingress: [], egress: [] }, parent);
    flowLogs(
      name,
      {
        placement: args.placement,
        vpcId: this.vpcId,
        logGroupName: args.logGroupName,
        logKeyArn: args.logKeyArn,
        logRetentionDays: args.logRetentionDays,
      },
      parent,
    );
    this.registerOutputs({
      vpcId: this.vpcId,
      cidrBlock: this.cidrBlock,
      subnetIds: this.subnetIds,
      publicSubnetIds: this.publicSubnetIds,
    });
  }
}

function refuseWhatAwsRefuses(name: string, zones: readonly string[], cidrBlock: string): void {
  if (zones.length < 2 || new Set(zones).size !== zones.length)
    throw new StackError(`Network ${name} needs two different zones at least, and got "${zones.join(', ')}".`);
  const { mask } = parseCidr(cidrBlock);
  if (mask < 16 || mask > 24)
    throw new StackError(`Network ${name} cannot be ${cidrBlock}: set cidrBlock to a network between /16 and /24.`);
}
