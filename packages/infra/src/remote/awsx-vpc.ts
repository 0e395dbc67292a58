import { awsxEndpoints } from './awsx-vpc-endpoints.ts';
import { vpcLayout, type PlacedSubnet, type VpcLayout } from './awsx-vpc-layout.ts';
import { FromChild, type EstimatedResource, type EstimatedValue, type RemoteComponent } from './remote-component.ts';

const VPC = 'aws:ec2/vpc:Vpc';
const SUBNET = 'aws:ec2/subnet:Subnet';
const ROUTE_TABLE = 'aws:ec2/routeTable:RouteTable';
const ASSOCIATION = 'aws:ec2/routeTableAssociation:RouteTableAssociation';
const ROUTE = 'aws:ec2/route:Route';
const GATEWAY = 'aws:ec2/internetGateway:InternetGateway';
const EIP = 'aws:ec2/eip:Eip';
const NAT = 'aws:ec2/natGateway:NatGateway';

type Tags = Readonly<Record<string, EstimatedValue>>;

/** Inputs that awsx hands to the VPC as they are. */
const HANDED_ON = [
  'assignGeneratedIpv6CidrBlock',
  'enableDnsHostnames',
  'enableDnsSupport',
  'instanceTenancy',
  'ipv4IpamPoolId',
  'ipv4NetmaskLength',
  'region',
];

/**
 * What `awsx.ec2.Vpc` 3.9 creates (its source, `awsx/ec2/vpc.ts`). Ranges are those of its strategies `Auto`, `Exact` and explicit blocks;
 * under `Legacy` and `AutoMerge` the resources are the same and some ranges differ. IPv6 ranges are left out: only AWS tells them.
 */
export const awsxVpc: RemoteComponent = {
  type: 'awsx:ec2:Vpc',
  expand(name, inputs) {
    const layout = vpcLayout(name, inputs);
    const given = asTags(inputs['tags'] as EstimatedValue | undefined);
    const tags = { Name: name, ...given };
    const handedOn = HANDED_ON.filter((key) => key in inputs).map((key) => [key, inputs[key] as EstimatedValue]);
    const children: EstimatedResource[] = [
      {
        type: VPC,
        name,
        inputs: {
          ...(Object.fromEntries(handedOn) as Tags),
          ...(layout.cidrBlock !== undefined && { cidrBlock: layout.cidrBlock }),
          tags,
        },
      },
      // Made for every VPC, used or not.
      { type: GATEWAY, name, inputs: { vpcId: new FromChild(VPC, name, 'id'), tags } },
      ...subnetsAndRoutes(name, layout, tags, given),
      ...awsxEndpoints(inputs, {
        vpc: name,
        cidrBlock: layout.cidrBlock,
        tags,
        routeTables: layout.subnets.map((subnet) => subnet.name),
        subnets: layout.zones.flatMap((zone) => preferred(layout.subnets.filter((subnet) => subnet.zone === zone))),
      }),
    ];
    return { children, outputs: outputsOf(name, children, layout.subnets) };
  },
};

function subnetsAndRoutes(vpc: string, { subnets, nat }: VpcLayout, tags: Tags, given: Tags): EstimatedResource[] {
  const vpcId = new FromChild(VPC, vpc, 'id');
  const gateways: string[] = [];
  return subnets.flatMap(({ name, type, zone, index, cidrBlock, tags: own }) => {
    const routeTableId = new FromChild(ROUTE_TABLE, name, 'id');
    const subnetId = new FromChild(SUBNET, name, 'id');
    const named = { Name: name, SubnetType: type };
    const resources: EstimatedResource[] = [
      {
        type: SUBNET,
        name,
        inputs: {
          vpcId,
          availabilityZone: zone,
          mapPublicIpOnLaunch: type === 'Public',
          ...(cidrBlock !== undefined && { cidrBlock }),
          tags: { ...tags, ...asTags(own), ...named },
        },
      },
      { type: ROUTE_TABLE, name, inputs: { vpcId, tags: { ...tags, ...named } } },
      { type: ASSOCIATION, name, inputs: { routeTableId, subnetId } },
    ];
    const wanted = { None: 0, Single: 1, OnePerAz: index + 1 }[nat.strategy];
    if (type === 'Public' && gateways.length < wanted) {
      const gateway = `${vpc}-${index + 1}`;
      const natTags = { ...given, Name: gateway };
      const address = nat.elasticIpAllocationIds[index];
      if (address === undefined) resources.push({ type: EIP, name: gateway, inputs: { tags: natTags } });
      const allocationId = address ?? new FromChild(EIP, gateway, 'allocationId');
      resources.push({ type: NAT, name: gateway, inputs: { subnetId, allocationId, tags: natTags } });
      gateways.push(gateway);
    }
    const way = wayOut(vpc, type, nat.strategy === 'Single' ? gateways[0] : gateways[index]);
    if (way !== undefined)
      resources.push({ type: ROUTE, name, inputs: { routeTableId, destinationCidrBlock: '0.0.0.0/0', ...way } });
    return resources;
  });
}

function wayOut(vpc: string, type: PlacedSubnet['type'], nat: string | undefined): Tags | undefined {
  if (type === 'Public') return { gatewayId: new FromChild(GATEWAY, vpc, 'id') };
  return type === 'Private' && nat !== undefined ? { natGatewayId: new FromChild(NAT, nat, 'id') } : undefined;
}

/** Tags that are not known yet are no tags to look into. */
function asTags(tags: EstimatedValue | undefined): Tags {
  return typeof tags === 'object' && tags !== null && !Array.isArray(tags) && !(tags instanceof FromChild)
    ? (tags as Tags)
    : {};
}

/** Where awsx puts an interface endpoint in a zone. */
function preferred(zone: readonly PlacedSubnet[]): string[] {
  const found = (['Private', 'Isolated', 'Public'] as const).flatMap((type) =>
    zone.filter((subnet) => subnet.type === type),
  );
  return found.slice(0, 1).map(({ name }) => name);
}

function outputsOf(name: string, children: readonly EstimatedResource[], placed: readonly PlacedSubnet[]) {
  const all = (type: string) =>
    children.filter((child) => child.type === type).map((child) => ({ id: new FromChild(type, child.name, 'id') }));
  const ids = (type: string) =>
    placed.filter((subnet) => subnet.type === type).map((subnet) => new FromChild(SUBNET, subnet.name, 'id'));
  const those = (type: string) => ids(type).map((id) => ({ id }));
  return {
    vpcId: new FromChild(VPC, name, 'id'),
    vpc: { id: new FromChild(VPC, name, 'id'), arn: new FromChild(VPC, name, 'arn') },
    internetGateway: { id: new FromChild(GATEWAY, name, 'id') },
    subnets: all(SUBNET),
    publicSubnets: those('Public'),
    privateSubnets: those('Private'),
    isolatedSubnets: those('Isolated'),
    publicSubnetIds: ids('Public'),
    privateSubnetIds: ids('Private'),
    isolatedSubnetIds: ids('Isolated'),
    routeTables: all(ROUTE_TABLE),
    routeTableAssociations: all(ASSOCIATION),
    routes: all(ROUTE),
    natGateways: all(NAT),
    eips: all(EIP),
    vpcEndpoints: all('aws:ec2/vpcEndpoint:VpcEndpoint'),
  };
}
