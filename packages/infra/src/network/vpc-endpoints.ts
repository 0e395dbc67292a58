import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { policyDocument } from '../iam/statement.ts';
import { gatewayPolicy, imageLayerBucket, interfacePolicy, type GatewayService } from './endpoint-policies.ts';
import type { EndpointServiceName } from './endpoint-services.ts';
import type { NetworkReference } from './network-reference.ts';

export interface VpcEndpointsArgs {
  placement: Placement;
  network: NetworkReference;
  /** Interface endpoints, each paid by the hour and zone. `ESSENTIAL_SERVICES` are those that models in a closed network need. */
  services: readonly EndpointServiceName[];
  /** Gateway endpoints, which cost nothing. @default ['s3', 'dynamodb'] */
  gateways?: readonly GatewayService[];
  /** Actions beside those the platform makes, by service. @default none */
  alsoAllow?: Readonly<Partial<Record<EndpointServiceName, readonly string[]>>>;
  /** Names of buckets of other accounts that may be read, such as the one JumpStart keeps models in. @default none */
  readableBuckets?: readonly string[];
}

/**
 * The doors of a network to AWS: interface endpoints that answer to a service's own name, and gateway endpoints. Each lets through named
 * actions of this account alone, and each interface is open to the VPC's own addresses on 443.
 */
export class VpcEndpoints extends pulumi.ComponentResource {
  readonly securityGroupId: pulumi.Output<string>;
  /** Prefix lists of the gateway endpoints, for the egress of security groups. */
  readonly prefixListIds: Readonly<Partial<Record<GatewayService, pulumi.Output<string>>>>;
  /** Of interface endpoints, by service: conditions on `aws:SourceVpce` and private APIs name them. */
  readonly endpointIds: Readonly<Partial<Record<EndpointServiceName, pulumi.Output<string>>>>;

  constructor(name: string, args: VpcEndpointsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:network:VpcEndpoints', name, {}, opts);
    const { placement, network } = args;
    const parent = { parent: this };
    const serviceName = (service: string) =>
      `${placement.partition === 'aws-cn' ? 'cn.' : ''}com.amazonaws.${placement.region}.${service}`;

    const group = new aws.ec2.SecurityGroup(
      name,
      { description: 'Endpoints: HTTPS from inside the VPC.', vpcId: network.vpcId },
      parent,
    );
    new aws.vpc.SecurityGroupIngressRule(
      name,
      {
        description: 'HTTPS from inside the VPC',
        securityGroupId: group.id,
        cidrIpv4: network.cidrBlock,
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
      },
      parent,
    );
    this.securityGroupId = group.id;

    this.endpointIds = each(args.services, (service) => {
      const endpoint = new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId: network.vpcId,
          serviceName: serviceName(service),
          vpcEndpointType: 'Interface',
          subnetIds: network.subnetIds,
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
          policy: policyDocument(interfacePolicy(placement, service, args.alsoAllow?.[service])),
          tags: { Name: `${name}-${service}` },
        },
        parent,
      );
      return endpoint.id;
    });

    const readable = [
      ...(args.services.includes('ecr.dkr') ? [imageLayerBucket(placement)] : []),
      ...(args.readableBuckets ?? []),
    ];
    this.prefixListIds = each(args.gateways ?? ['s3', 'dynamodb'], (service) => {
      const endpoint = new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId: network.vpcId,
          serviceName: serviceName(service),
          vpcEndpointType: 'Gateway',
          routeTableIds: network.routeTableIds,
          policy: policyDocument(gatewayPolicy(placement, service, readable)),
          tags: { Name: `${name}-${service}` },
        },
        parent,
      );
      return endpoint.prefixListId;
    });
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}

function each<K extends string, V>(keys: readonly K[], make: (key: K) => V): Partial<Record<K, V>> {
  const made: Partial<Record<K, V>> = {};
  for (const key of new Set(keys)) made[key] = make(key);
  return made;
}
