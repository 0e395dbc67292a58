import { ALWAYS } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { textOf } from '../../read.ts';
import { defineStackRule, type PropsOf } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';
import { inVpcOnlyStacks } from '../../vpc-only.ts';

/** China's names start with `cn.`. */
const PREFIX = /^(cn\.)?com\.amazonaws\.([a-z0-9-]+|«[^»]*»)\./;

type Endpoint = PropsOf<'aws:ec2/vpcEndpoint:VpcEndpoint'>;

export const privateEndpoints = defineStackRule({
  id: 'vpc-only-private-endpoints',
  requirement: 18,
  pack: 'baseline',
  title: 'VPCs of vpc-only stacks reach models, keys, logs and S3 through private endpoints',
  description:
    'Without the endpoint a call has nowhere to go, and the next person opens a NAT gateway to make it work.',
  severity: 'high',
  levels: ALWAYS,
  remediation: 'Add the interface endpoint with privateDnsEnabled, and for S3 a gateway endpoint.',
  source: { controls: [], url: bedrockGuide('vpc-interface-endpoints') },
  check(stack, report, { settings }) {
    // A stack in the VPC of another stack leaves its endpoints to that one.
    const [vpc] = stack.ofType('aws:ec2/vpc:Vpc');
    if (vpc === undefined) return;
    inVpcOnlyStacks(stack, report, (own) => {
      const endpoints = stack.ofType('aws:ec2/vpcEndpoint:VpcEndpoint').map(({ props }) => props);
      const opaque = endpoints
        .map(({ serviceName }) => serviceName)
        .find((name) => isUnknown(name) && textOf(name) === undefined);
      const wanted = [
        ...settings.vpcOnlyInterfaceEndpoints.map((service) => ({ service, kind: 'Interface' })),
        { service: 's3', kind: 'Gateway' },
      ];
      for (const { service, kind } of wanted) {
        const found = endpoints.filter((endpoint) => serves(endpoint, service));
        const answers = found.map((endpoint) => fits(endpoint, kind));
        if (answers.includes(true)) continue;
        const unknown = answers.find(isUnknown) ?? opaque;
        if (isUnknown(unknown)) own.notYetKnown(unknown, vpc.urn);
        else if (found.length === 0) own.violation(`The VPC has no endpoint for ${service}.`, vpc.urn);
        else
          own.violation(
            kind === 'Gateway'
              ? `The endpoint for ${service} is not a gateway endpoint.`
              : `The endpoint for ${service} is not an interface with private DNS.`,
            vpc.urn,
          );
      }
    });
  },
});

/** `com.amazonaws.us-east-1.sagemaker.runtime` serves `sagemaker.runtime`; the Region may not be known yet. */
function serves({ serviceName }: Endpoint, service: string): boolean {
  return textOf(serviceName)?.replace(PREFIX, '') === service;
}

function fits({ vpcEndpointType = 'Gateway', privateDnsEnabled = false }: Endpoint, kind: string) {
  if (isUnknown(vpcEndpointType)) return vpcEndpointType;
  if (vpcEndpointType !== kind) return false;
  return kind === 'Gateway' ? true : privateDnsEnabled;
}
