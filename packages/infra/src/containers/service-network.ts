import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { HEALTH_PORT, SERVING_PORT } from './engine.ts';
import type { InternalLoadBalancer, PrivateSubnets } from './internal-load-balancer.ts';

/** Where a service runs, and how calls come to it. */
export interface ServicePlace {
  readonly network: PrivateSubnets;
  readonly loadBalancer: InternalLoadBalancer;
  readonly route?: ServiceRoute;
}

export interface ServiceRoute {
  /** Unique on the load balancer, 1 to 50000, the lowest first. @default 100 */
  readonly priority?: number;
  /** @default any */
  readonly hosts?: readonly string[];
  /** @default ['/v1/*'] */
  readonly paths?: readonly string[];
}

/** In: from the load balancer alone. Out: HTTPS, to the model, the registry and AWS. */
export function securityGroup(
  name: string,
  { network, loadBalancer }: ServicePlace,
  parent: pulumi.CustomResourceOptions,
) {
  const group = new aws.ec2.SecurityGroup(name, { vpcId: network.vpcId, description: `Containers of ${name}` }, parent);
  const ports = { serving: SERVING_PORT, health: HEALTH_PORT };
  for (const [key, port] of Object.entries(ports)) {
    const rule = { ipProtocol: 'tcp', fromPort: port, toPort: port };
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-${key}`,
      {
        ...rule,
        securityGroupId: group.id,
        referencedSecurityGroupId: loadBalancer.securityGroupId,
        description: 'From the load balancer',
      },
      parent,
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-${key}`,
      {
        ...rule,
        securityGroupId: loadBalancer.securityGroupId,
        referencedSecurityGroupId: group.id,
        description: `To ${name}`,
      },
      parent,
    );
  }
  new aws.vpc.SecurityGroupEgressRule(
    `${name}-https`,
    {
      securityGroupId: group.id,
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      cidrIpv4: '0.0.0.0/0',
      description: 'Model, registry and AWS, by whatever way the subnets offer',
    },
    parent,
  );
  return group;
}

/** Calls that are this service's, to the container with the least to do. */
export function routed(name: string, args: ServicePlace, drainSeconds: number, parent: pulumi.CustomResourceOptions) {
  const target = new aws.lb.TargetGroup(
    name,
    {
      vpcId: args.network.vpcId,
      targetType: 'ip',
      protocol: 'HTTP',
      port: SERVING_PORT,
      deregistrationDelay: drainSeconds,
      // The one with the least to do: answers of a model differ in length a hundredfold.
      loadBalancingAlgorithmType: 'least_outstanding_requests',
      healthCheck: {
        port: String(HEALTH_PORT),
        path: '/ready',
        matcher: '200',
        interval: 10,
        timeout: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 3,
      },
    },
    parent,
  );
  const { priority, hosts, paths } = args.route ?? {};
  const rule = new aws.lb.ListenerRule(
    name,
    {
      listenerArn: args.loadBalancer.listenerArn,
      priority: priority ?? 100,
      conditions: [
        { pathPattern: { values: [...(paths ?? ['/v1/*'])] } },
        ...(hosts === undefined ? [] : [{ hostHeader: { values: [...hosts] } }]),
      ],
      actions: [{ type: 'forward', targetGroupArn: target.arn }],
    },
    parent,
  );
  return { target, rule };
}
