import * as pulumi from '@pulumi/pulumi';
import { JUSTIFIED } from './justified-wildcards.ts';
import type { Placement } from './placement.ts';
import type { Statement } from './statement.ts';

/** Where an AWS service puts the network interfaces of what it runs for us. */
export interface InterfaceNetwork {
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
}

/** Lets a role of SageMaker or Bedrock put interfaces into these subnets and security groups, and into no others. */
export function grantInterfaces(placement: Placement, network: InterfaceNetwork): Statement[] {
  const { partition, region, account } = placement;
  const arnsOf = (kind: string, ids: pulumi.Input<pulumi.Input<string>[]>) =>
    pulumi
      .all([pulumi.output(ids), account])
      .apply(([known, id]) => known.map((each) => `arn:${partition}:ec2:${region}:${id}:${kind}/${each}`));
  const subnets = arnsOf('subnet', network.subnetIds);
  // Interfaces are named by EC2 as they are made: what is bounded is where they may be made.
  const interfaces = pulumi.interpolate`arn:${partition}:ec2:${region}:${account}:network-interface/*`;
  return [
    {
      Sid: 'MakeInterfaces',
      Effect: 'Allow',
      Action: ['ec2:CreateNetworkInterface'],
      Resource: pulumi
        .all([subnets, arnsOf('security-group', network.securityGroupIds), interfaces])
        .apply(([inSubnets, inGroups, all]) => [...inSubnets, ...inGroups, all]),
    },
    {
      Sid: 'HandOverInterfaces',
      Effect: 'Allow',
      Action: [
        'ec2:CreateNetworkInterfacePermission',
        'ec2:DeleteNetworkInterface',
        'ec2:DeleteNetworkInterfacePermission',
      ],
      Resource: [interfaces],
      Condition: { ArnEquals: { 'ec2:Subnet': subnets } },
    },
    JUSTIFIED.describeNetwork,
  ];
}

/**
 * Lets Lambda put a function into a VPC with the function's own role, and refuses the same to the function's code. Lambda tries the role
 * against every resource before it makes interfaces (developer guide, "Giving Lambda functions access to resources in a VPC"); a call of the
 * code is told apart by the key that is present in it alone.
 */
export function functionInterfaces(): Statement[] {
  return [
    JUSTIFIED.functionInterfaces,
    {
      Sid: 'NotByCode',
      Effect: 'Deny',
      Action: JUSTIFIED.functionInterfaces.Action,
      Resource: '*',
      Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    },
  ];
}
