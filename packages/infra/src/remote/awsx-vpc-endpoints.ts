import { z } from 'zod';
import { FromChild, type EstimatedResource, type EstimatedValue } from './remote-component.ts';

const VPC = 'aws:ec2/vpc:Vpc';
const GROUP = 'aws:ec2/securityGroup:SecurityGroup';

const Endpoints = z.object({
  vpcEndpointStrategy: z.enum(['Legacy', 'Auto']).default('Legacy'),
  vpcEndpointSpecs: z
    .array(
      z.looseObject({
        serviceName: z.string(),
        vpcEndpointType: z.unknown().optional(),
        tags: z.custom<EstimatedValue>().optional(),
      }),
    )
    .default([]),
});

interface Surroundings {
  readonly vpc: string;
  readonly cidrBlock: string | undefined;
  readonly tags: Readonly<Record<string, EstimatedValue>>;
  /** One subnet of each zone, and every route table. */
  readonly subnets: readonly string[];
  readonly routeTables: readonly string[];
}

/** The endpoints among what `awsx.ec2.Vpc` creates: as given, and under its strategy `Auto` with what was left out filled in. */
export function awsxEndpoints(
  inputs: Readonly<Record<string, unknown>>,
  { vpc, cidrBlock, tags, subnets, routeTables }: Surroundings,
): EstimatedResource[] {
  const { vpcEndpointStrategy, vpcEndpointSpecs } = Endpoints.parse(inputs);
  const vpcId = new FromChild(VPC, vpc, 'id');
  return vpcEndpointSpecs.flatMap((spec) => {
    const given = spec as Readonly<Record<string, EstimatedValue>>;
    const name = spec.serviceName;
    const ownTags = { ...tags, ...(spec.tags as Readonly<Record<string, EstimatedValue>> | undefined) };
    const endpoint = (filledIn: Readonly<Record<string, EstimatedValue>>): EstimatedResource => ({
      type: 'aws:ec2/vpcEndpoint:VpcEndpoint',
      name,
      inputs: { ...filledIn, ...given, vpcId, tags: ownTags },
    });
    const kind = spec.vpcEndpointType === undefined ? 'gateway' : String(spec.vpcEndpointType).toLowerCase();
    if (vpcEndpointStrategy === 'Legacy') return [endpoint({})];
    if (kind === 'gateway')
      return [
        endpoint({
          routeTableIds: routeTables.map((table) => new FromChild('aws:ec2/routeTable:RouteTable', table, 'id')),
        }),
      ];
    if (kind !== 'interface') return [endpoint({})];
    const subnetIds = subnets.map((subnet) => new FromChild('aws:ec2/subnet:Subnet', subnet, 'id'));
    if ('securityGroupIds' in given) return [endpoint({ subnetIds, privateDnsEnabled: true })];
    const securityGroupId = new FromChild(GROUP, `${name}-sg`, 'id');
    return [
      { type: GROUP, name: `${name}-sg`, inputs: { vpcId, tags: ownTags } },
      {
        type: 'aws:ec2/securityGroupRule:SecurityGroupRule',
        name: `${name}-ingress`,
        inputs: {
          type: 'ingress',
          securityGroupId,
          protocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          cidrBlocks: [cidrBlock ?? new FromChild(VPC, vpc, 'cidrBlock')],
        },
      },
      endpoint({ subnetIds, privateDnsEnabled: true, securityGroupIds: [securityGroupId] }),
    ];
  });
}
