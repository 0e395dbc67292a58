import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { AccessLogBucket } from './access-log-bucket.ts';

/** Subnets of one VPC. Two zones at least. */
export interface PrivateSubnets {
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
}

/** Who may connect. There is no way to say "everyone". */
export type Caller =
  | { readonly kind: 'security-group'; readonly id: pulumi.Input<string> }
  /** A range of private addresses, as in `10.20.0.0/16`. */
  | { readonly kind: 'range'; readonly cidr: pulumi.Input<string> };

export interface InternalLoadBalancerArgs {
  network: PrivateSubnets;
  /** Name callers use; the certificate is for it. */
  hostName: pulumi.Input<string>;
  /** Certificate in ACM. */
  certificateArn: pulumi.Input<string>;
  /** Hosted zone to put the name into. @default the name is kept elsewhere */
  hostedZoneId?: pulumi.Input<string>;
  /** By a short name each. More are let in by {@link InternalLoadBalancer.admit}. @default nobody */
  callers?: Readonly<Record<string, Caller>>;
  accessLogs: AccessLogBucket;
  /** Seconds without a byte until a connection is closed, at most 4000: a long answer may think before its first token. @default 900 */
  idleTimeoutSeconds?: number;
  /** Refuse to delete the load balancer. Turn off in dev. @default true */
  deletionProtection?: boolean;
}

/** A load balancer without public address: TLS 1.2 or 1.3, callers by name, and 404 for whatever no service asked for. */
export class InternalLoadBalancer extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** As CloudWatch's `LoadBalancer` dimension has it. */
  readonly arnSuffix: pulumi.Output<string>;
  readonly dnsName: pulumi.Output<string>;
  /** `https://<host name>`. */
  readonly url: pulumi.Output<string>;
  readonly listenerArn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  readonly #name: string;

  constructor(name: string, args: InternalLoadBalancerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:containers:InternalLoadBalancer', name, {}, opts);
    this.#name = name;
    const parent = { parent: this };
    const group = new aws.ec2.SecurityGroup(
      name,
      { vpcId: args.network.vpcId, description: `Callers of ${name}` },
      parent,
    );
    this.securityGroupId = group.id;
    for (const [caller, from] of Object.entries(args.callers ?? {})) this.admit(caller, from);
    const balancer = new aws.lb.LoadBalancer(
      name,
      {
        internal: true,
        loadBalancerType: 'application',
        subnets: args.network.subnetIds,
        securityGroups: [group.id],
        idleTimeout: args.idleTimeoutSeconds ?? 900,
        dropInvalidHeaderFields: true,
        desyncMitigationMode: 'defensive',
        enableDeletionProtection: args.deletionProtection ?? true,
        accessLogs: { bucket: args.accessLogs.bucketName, prefix: name, enabled: true },
      },
      { parent: this, dependsOn: args.accessLogs.policy },
    );
    const listener = new aws.lb.Listener(
      name,
      {
        loadBalancerArn: balancer.arn,
        port: 443,
        protocol: 'HTTPS',
        sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        certificateArn: args.certificateArn,
        defaultActions: [
          { type: 'fixed-response', fixedResponse: { contentType: 'text/plain', statusCode: '404', messageBody: '' } },
        ],
      },
      parent,
    );
    if (args.hostedZoneId !== undefined)
      new aws.route53.Record(
        name,
        {
          zoneId: args.hostedZoneId,
          name: args.hostName,
          type: 'A',
          aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }],
        },
        parent,
      );
    this.arn = balancer.arn;
    this.arnSuffix = balancer.arnSuffix;
    this.dnsName = balancer.dnsName;
    this.url = pulumi.interpolate`https://${args.hostName}`;
    this.listenerArn = listener.arn;
    this.registerOutputs({ arn: this.arn, url: this.url, securityGroupId: this.securityGroupId });
  }

  /** Lets one more caller connect, on port 443 and no other. */
  admit(caller: string, from: Caller): void {
    new aws.vpc.SecurityGroupIngressRule(
      `${this.#name}-${caller}`,
      {
        securityGroupId: this.securityGroupId,
        description: `HTTPS from ${caller}`,
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        ...(from.kind === 'security-group' ? { referencedSecurityGroupId: from.id } : { cidrIpv4: from.cidr }),
      },
      { parent: this },
    );
  }
}
