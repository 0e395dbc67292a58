import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { layOutSubnets } from './cidr.ts';

/** What the two ways of building a VPC give back. */
export interface BuiltVpc {
  readonly vpcId: pulumi.Output<string>;
  readonly subnetIds: pulumi.Output<string[]>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly routeTableIds: pulumi.Output<string[]>;
}

/**
 * A VPC without a way out. Built here and not by awsx, which gives every VPC an internet gateway, used or not: "no gateway" is
 * what people who audit such a network look for first.
 */
export function isolatedVpc(
  name: string,
  { zones, cidrBlock }: { readonly zones: readonly string[]; readonly cidrBlock: string },
  opts: pulumi.CustomResourceOptions,
): BuiltVpc {
  const vpc = new aws.ec2.Vpc(
    name,
    {
      cidrBlock,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      // Holds the whole stack to the rules for networks without internet, whatever its data class.
      tags: { Name: name, network: 'vpc-only' },
    },
    opts,
  );
  // One table for all zones: it holds the VPC's own range, and what gateway endpoints write into it.
  const routes = new aws.ec2.RouteTable(
    `${name}-isolated`,
    { vpcId: vpc.id, tags: { Name: `${name}-isolated` } },
    opts,
  );
  const ranges = layOutSubnets(cidrBlock, zones.length, [undefined]);
  const subnets = zones.map((availabilityZone, index) => {
    const subnetName = `${name}-isolated-${index + 1}`;
    const subnet = new aws.ec2.Subnet(
      subnetName,
      {
        vpcId: vpc.id,
        availabilityZone,
        cidrBlock: ranges[index]?.[0],
        mapPublicIpOnLaunch: false,
        tags: { Name: subnetName },
      },
      opts,
    );
    new aws.ec2.RouteTableAssociation(subnetName, { subnetId: subnet.id, routeTableId: routes.id }, opts);
    return subnet;
  });
  return {
    vpcId: vpc.id,
    subnetIds: pulumi.all(subnets.map(({ id }) => id)),
    publicSubnetIds: pulumi.output<string[]>([]),
    routeTableIds: pulumi.all([routes.id]),
  };
}
