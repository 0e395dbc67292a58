import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { NetworkReference } from './network-reference.ts';
import type { VpcEndpoints } from './vpc-endpoints.ts';

export interface WorkloadGroupArgs {
  /** What runs in the group, in a few words. Changing it makes a new group. */
  description: string;
  network: Pick<NetworkReference, 'vpcId' | 'cidrBlock'>;
  /** Ports inside the VPC that the workload calls: endpoints and services on 443, PostgreSQL on 5432. @default [443] */
  ports?: readonly number[];
  /** Gateway endpoints it calls: S3 and DynamoDB have addresses outside the VPC. @default none */
  endpoints?: Pick<VpcEndpoints, 'prefixListIds'>;
  /** HTTPS to the internet, where the network has a way there. @default false */
  internet?: boolean;
}

/** The security group of something that calls others and is called by nobody. Whoever it may call names it as a source. */
export class WorkloadGroup extends pulumi.ComponentResource {
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: WorkloadGroupArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:network:WorkloadGroup', name, {}, opts);
    const group = new aws.ec2.SecurityGroup(
      name,
      { description: args.description, vpcId: args.network.vpcId },
      { parent: this },
    );
    this.securityGroupId = group.id;
    const allow = (
      to: string,
      port: number,
      destination: { cidrIpv4?: pulumi.Input<string>; prefixListId?: pulumi.Input<string> },
    ) =>
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-${to}`,
        {
          description: `To ${to}`,
          securityGroupId: group.id,
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          ...destination,
        },
        { parent: this },
      );
    for (const port of args.ports ?? [443]) allow(`vpc-${port}`, port, { cidrIpv4: args.network.cidrBlock });
    for (const [service, prefixListId] of Object.entries(args.endpoints?.prefixListIds ?? {}))
      allow(service, 443, { prefixListId });
    if (args.internet === true) allow('internet', 443, { cidrIpv4: '0.0.0.0/0' });
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}
