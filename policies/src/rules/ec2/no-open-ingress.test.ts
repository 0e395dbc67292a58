import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { noOpenIngress } from './no-open-ingress.ts';

const ports = { protocol: 'tcp', fromPort: 443, toPort: 443 };
const rule = 'aws:ec2/securityGroupRule:SecurityGroupRule';
const ingressRule = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';

describeRule(noOpenIngress, {
  passes: {
    'an own range': { ingress: [{ ...ports, cidrBlocks: ['10.0.0.0/16'] }] },
    'open egress of a rule': [sample(rule, { ...ports, type: 'egress', cidrBlocks: ['0.0.0.0/0'] })],
    'another group as source': [sample(ingressRule, { ipProtocol: 'tcp', referencedSecurityGroupId: 'sg-1' })],
  },
  fails: {
    'everyone, inline': {
      given: { ingress: [{ ...ports, cidrBlocks: ['10.0.0.0/8', '0.0.0.0/0'] }] },
      says: /0\.0\.0\.0\/0/,
    },
    'everyone on IPv6': { given: { ingress: [{ ...ports, ipv6CidrBlocks: ['::/0'] }] }, says: /::\/0/ },
    'everyone, as a rule': {
      given: [sample(rule, { ...ports, type: 'ingress', cidrBlocks: ['0.0.0.0/0'] })],
      says: /open/,
    },
    'everyone, as an ingress rule': {
      given: [sample(ingressRule, { ipProtocol: '-1', cidrIpv4: '0.0.0.0/0' })],
      says: /open/,
    },
  },
  missing: { passes: { 'no ingress': {} } },
  unknown: {
    'the ingress': { ingress: UNKNOWN },
    'one range': { ingress: [{ ...ports, cidrBlocks: [UNKNOWN] }] },
    'the range of an ingress rule': [sample(ingressRule, { ipProtocol: 'tcp', cidrIpv4: UNKNOWN })],
    'the direction of a rule': [sample(rule, { ...ports, type: UNKNOWN, cidrBlocks: ['0.0.0.0/0'] })],
  },
});
