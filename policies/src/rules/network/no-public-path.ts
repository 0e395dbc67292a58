import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { listAt } from '../../read.ts';
import { defineStackRule, type Report } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';
import { inVpcOnlyStacks } from '../../vpc-only.ts';

const GATEWAYS: Readonly<Record<string, string>> = {
  'aws:ec2/internetGateway:InternetGateway': 'an internet gateway',
  'aws:ec2/internetGatewayAttachment:InternetGatewayAttachment': 'an internet gateway',
  'aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway': 'an egress-only internet gateway',
  'aws:ec2/natGateway:NatGateway': 'a NAT gateway',
};

export const noPublicPath = defineStackRule({
  id: 'vpc-only-no-public-path',
  requirement: 17,
  pack: 'baseline',
  title: 'Vpc-only stacks have no internet gateway, NAT gateway or public subnet',
  description:
    'Restricted data stays inside when there is no road out, whatever a security group or a route says later.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'Use the isolated network shape, and reach AWS through VPC endpoints.',
  source: { controls: ['EC2.15', 'CKV_AWS_130'], url: securityHub('ec2', 'EC2.15') },
  check(stack, report) {
    inVpcOnlyStacks(stack, report, (own) => {
      for (const { type, urn } of stack.resources) {
        const gateway = GATEWAYS[type];
        if (gateway !== undefined) own.violation(`The stack has ${gateway}.`, urn);
      }
      for (const { props, urn } of stack.ofType('aws:ec2/subnet:Subnet'))
        judge(props.mapPublicIpOnLaunch ?? false, own, (on) => !on, 'The subnet gives out public addresses.', urn);
      for (const { props, urn } of stack.ofType('aws:ec2/route:Route')) judgeRoute(props, own, urn);
      for (const { props, urn } of stack.ofType('aws:ec2/routeTable:RouteTable')) {
        const routes = listAt(props, 'routes');
        if (isUnknown(routes)) own.notYetKnown(routes, urn);
        else
          for (const route of routes)
            if (isUnknown(route)) own.notYetKnown(route, urn);
            else judgeRoute(route, own, urn);
      }
    });
  },
});

/** A gateway of another stack is seen in the route to it. Gateway endpoints write their own routes, so none stands here. */
function judgeRoute(route: unknown, report: Report, urn: string): void {
  for (const gateway of ['gatewayId', 'natGatewayId', 'egressOnlyGatewayId']) {
    const target: unknown = Reflect.get(Object(route), gateway);
    if (isUnknown(target)) {
      if (target.isOutputOf('aws:ec2/vpnGateway:VpnGateway')) continue;
      if (target.sources.some(({ type }) => type in GATEWAYS)) continue; // said of the gateway itself
      report.notYetKnown(target, urn);
    } else if (typeof target === 'string' && /^(igw|nat|eigw)-/.test(target))
      report.violation(`A route leads to ${target}.`, urn);
  }
}
