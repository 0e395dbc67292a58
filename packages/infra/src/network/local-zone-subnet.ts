import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { NetworkReference } from './network-reference.ts';

export interface LocalZoneSubnetArgs {
  network: Pick<NetworkReference, 'vpcId'>;
  /** The Local Zone, for example `us-west-2-lax-1a`. The account opts in to it once. */
  zone: string;
  /** Addresses of the subnet, inside the VPC's block and outside every other subnet. */
  cidrBlock: string;
  /** Where traffic that leaves the VPC goes. @default nowhere */
  egress?: { readonly natGatewayId: pulumi.Input<string> };
}

/** A private subnet close to people: in a Local Zone, which is an extension of the Region near a city. */
export class LocalZoneSubnet extends pulumi.ComponentResource {
  readonly subnetId: pulumi.Output<string>;
  /** Give it to gateway endpoints, which have to be written into it too. */
  readonly routeTableId: pulumi.Output<string>;

  constructor(name: string, args: LocalZoneSubnetArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:network:LocalZoneSubnet', name, {}, opts);
    if (!/^[a-z]{2}(-[a-z]+)+-\d-[a-z]{3}-\d[a-z]$/.test(args.zone))
      throw new StackError(`"${args.zone}" is no Local Zone. Name one such as us-west-2-lax-1a.`);
    const parent = { parent: this };
    const subnet = new aws.ec2.Subnet(
      name,
      {
        vpcId: args.network.vpcId,
        availabilityZone: args.zone,
        cidrBlock: args.cidrBlock,
        mapPublicIpOnLaunch: false,
        tags: { Name: name },
      },
      parent,
    );
    const routes = new aws.ec2.RouteTable(name, { vpcId: args.network.vpcId, tags: { Name: name } }, parent);
    new aws.ec2.RouteTableAssociation(name, { subnetId: subnet.id, routeTableId: routes.id }, parent);
    if (args.egress)
      new aws.ec2.Route(
        name,
        { routeTableId: routes.id, destinationCidrBlock: '0.0.0.0/0', natGatewayId: args.egress.natGatewayId },
        parent,
      );
    this.subnetId = subnet.id;
    this.routeTableId = routes.id;
    this.registerOutputs({ subnetId: this.subnetId, routeTableId: this.routeTableId });
  }
}
