import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { NetworkReference } from './network-reference.ts';

/** The way from the rack into the site's own network. */
export interface LocalGateway {
  readonly localGatewayId: pulumi.Input<string>;
  /** Its route table, which the VPC is joined to. Join a VPC once: leave it out for further subnets of the same VPC. */
  readonly localGatewayRouteTableId?: pulumi.Input<string>;
  /** Networks of the site, for example `['192.168.0.0/16']`. */
  readonly siteCidrBlocks: readonly string[];
  /** Gives what starts in the subnet an address of the site: the pool of customer-owned addresses. @default none */
  readonly customerOwnedIpv4Pool?: pulumi.Input<string>;
}

export interface OutpostSubnetArgs {
  network: Pick<NetworkReference, 'vpcId'>;
  outpostArn: pulumi.Input<string>;
  /** The availability zone the Outpost is anchored to. */
  zone: pulumi.Input<string>;
  /** Addresses of the subnet, inside the VPC's block and outside every other subnet. */
  cidrBlock: string;
  /** @default no way to the site's network: what runs here speaks to the Region alone */
  localGateway?: LocalGateway;
}

/** A subnet on an Outpost, a rack of AWS in the customer's own building. */
export class OutpostSubnet extends pulumi.ComponentResource {
  readonly subnetId: pulumi.Output<string>;
  /** Give it to gateway endpoints, which have to be written into it too. */
  readonly routeTableId: pulumi.Output<string>;

  constructor(name: string, args: OutpostSubnetArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:network:OutpostSubnet', name, {}, opts);
    const { network, localGateway: gateway } = args;
    if (gateway?.siteCidrBlocks.includes('0.0.0.0/0') === true)
      throw new StackError(`Outpost subnet ${name} would send everything to the site. Name the site's own networks.`);
    const parent = { parent: this };
    const subnet = new aws.ec2.Subnet(
      name,
      {
        vpcId: network.vpcId,
        availabilityZone: args.zone,
        outpostArn: args.outpostArn,
        cidrBlock: args.cidrBlock,
        mapPublicIpOnLaunch: false,
        ...(gateway?.customerOwnedIpv4Pool !== undefined && {
          customerOwnedIpv4Pool: gateway.customerOwnedIpv4Pool,
          mapCustomerOwnedIpOnLaunch: true,
        }),
        tags: { Name: name },
      },
      parent,
    );
    const routes = new aws.ec2.RouteTable(name, { vpcId: network.vpcId, tags: { Name: name } }, parent);
    new aws.ec2.RouteTableAssociation(name, { subnetId: subnet.id, routeTableId: routes.id }, parent);
    if (gateway !== undefined) joinSite(name, { network, gateway, routeTableId: routes.id }, parent);
    this.subnetId = subnet.id;
    this.routeTableId = routes.id;
    this.registerOutputs({ subnetId: this.subnetId, routeTableId: this.routeTableId });
  }
}

interface Join {
  readonly network: Pick<NetworkReference, 'vpcId'>;
  readonly gateway: LocalGateway;
  readonly routeTableId: pulumi.Output<string>;
}

function joinSite(name: string, { network, gateway, routeTableId }: Join, opts: pulumi.CustomResourceOptions): void {
  const joined =
    gateway.localGatewayRouteTableId === undefined
      ? []
      : [
          new aws.ec2.LocalGatewayRouteTableVpcAssociation(
            name,
            { vpcId: network.vpcId, localGatewayRouteTableId: gateway.localGatewayRouteTableId },
            opts,
          ),
        ];
  for (const [index, destinationCidrBlock] of gateway.siteCidrBlocks.entries())
    new aws.ec2.Route(
      `${name}-site-${index + 1}`,
      { routeTableId, destinationCidrBlock, localGatewayId: gateway.localGatewayId },
      // AWS refuses a route to a gateway that the VPC is not joined to.
      { ...opts, dependsOn: joined },
    );
}
