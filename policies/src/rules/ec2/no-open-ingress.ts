import { knownItems } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown, type Unknown } from '../../unknown.ts';

const EVERYONE = ['0.0.0.0/0', '::/0'];

export const noOpenIngress = defineRule({
  id: 'ec2-no-open-ingress',
  requirement: 20,
  pack: 'baseline',
  title: 'Security groups admit nobody from everywhere',
  description:
    'Public traffic enters by the managed fronts. A group open to the world makes a second, unguarded entrance.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'Name the source: another security group, a prefix list, or your own range.',
  source: { controls: ['EC2.18', 'EC2.19', 'EC2.23'], url: securityHub('ec2', 'EC2.18') },
  types: [
    'aws:ec2/securityGroup:SecurityGroup',
    'aws:ec2/securityGroupRule:SecurityGroupRule',
    'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
  ],
  check(group, report) {
    const refuse = (range: string | Unknown | undefined) => {
      if (isUnknown(range)) report.notYetKnown(range);
      else if (range !== undefined && EVERYONE.includes(range)) report.violation(`Ingress is open to ${range}.`);
    };
    if ('cidrIpv4' in group) refuse(group.cidrIpv4);
    if ('cidrIpv6' in group) refuse(group.cidrIpv6);
    if ('ingress' in group)
      for (const rule of knownItems(group.ingress, report))
        for (const range of [...knownItems(rule.cidrBlocks, report), ...knownItems(rule.ipv6CidrBlocks, report)])
          refuse(range);
    if ('cidrBlocks' in group || 'ipv6CidrBlocks' in group) {
      if (isUnknown(group.type)) report.notYetKnown(group.type);
      else if (group.type === 'ingress')
        for (const range of [...knownItems(group.cidrBlocks, report), ...knownItems(group.ipv6CidrBlocks, report)])
          refuse(range);
    }
  },
});
