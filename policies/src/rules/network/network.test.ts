import { expect, it } from 'vitest';
import { evaluate } from '../../evaluate.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { Unknown } from '../../unknown.ts';
import { functionsInVpc } from './functions-in-vpc.ts';
import { noPublicPath } from './no-public-path.ts';
import { privateEndpoints } from './private-endpoints.ts';

const vpc = (tags: unknown = { network: 'vpc-only' }) => sample('aws:ec2/vpc:Vpc', { tags } as object);
const restricted = sample('aws:dynamodb/table:Table', { tags: { 'data-class': 'restricted' } } as object);
const part = (type: string, props: object = {}) => ({ ...vpc(), type, urn: `urn:${type}`, props });
const nat = part('aws:ec2/natGateway:NatGateway');
const internet = part('aws:ec2/internetGateway:InternetGateway');
const subnet = (mapPublicIpOnLaunch?: unknown) => sample('aws:ec2/subnet:Subnet', { mapPublicIpOnLaunch } as object);
const route = (props: object) => sample('aws:ec2/route:Route', props);

describeRule(noPublicPath, {
  passes: {
    'a closed network': [vpc(), subnet(false), route({ transitGatewayId: 'tgw-1' })],
    'a NAT gateway where nothing is vpc-only': [vpc({ network: 'private' }), nat, subnet(true)],
  },
  fails: {
    'a NAT gateway': { given: [vpc(), nat], says: /a NAT gateway/ },
    'an internet gateway beside restricted data': { given: [restricted, internet], says: /an internet gateway/ },
    'a public subnet': { given: [vpc(), subnet(true)], says: /public addresses/ },
    'a route to a gateway of another stack': { given: [vpc(), route({ gatewayId: 'igw-1' })], says: /leads to igw-1/ },
    'such a route in the table itself': {
      given: [vpc(), sample('aws:ec2/routeTable:RouteTable', { routes: [{ natGatewayId: 'nat-1' }] } as object)],
      says: /leads to nat-1/,
    },
  },
  missing: { passes: { 'a subnet that says nothing, which is private': [vpc(), subnet()] } },
  unknown: {
    'whether the stack is vpc-only': [vpc({ network: UNKNOWN }), nat],
    'whether data is restricted': [vpc({ 'data-class': UNKNOWN }), subnet(true)],
    'whether a subnet is public': [vpc(), subnet(UNKNOWN)],
    'where a route leads': [vpc(), route({ gatewayId: UNKNOWN })],
    'the routes': [vpc(), sample('aws:ec2/routeTable:RouteTable', { routes: UNKNOWN } as object)],
  },
});

it('says nothing of unknown tags where there is nothing to object to', () => {
  expect(evaluate([noPublicPath], [vpc({ network: UNKNOWN }), subnet(false)])).toEqual([]);
});

const interfaceTo = (service: unknown, privateDnsEnabled: unknown = true, vpcEndpointType: unknown = 'Interface') =>
  sample('aws:ec2/vpcEndpoint:VpcEndpoint', {
    serviceName: service === UNKNOWN ? UNKNOWN : `com.amazonaws.us-east-1.${String(service)}`,
    vpcEndpointType,
    privateDnsEnabled,
  } as object);
const s3 = interfaceTo('s3', undefined, 'Gateway');
/** AWS takes an endpoint without a type for a gateway. */
const plainS3 = sample('aws:ec2/vpcEndpoint:VpcEndpoint', { serviceName: 'com.amazonaws.us-east-1.s3' });
const FOUR = ['bedrock-runtime', 'sagemaker.runtime', 'kms', 'logs'].map((service) => interfaceTo(service));

describeRule(privateEndpoints, {
  passes: {
    'all of them': [vpc(), ...FOUR, interfaceTo('sts'), s3],
    'a gateway that does not say so': [vpc(), ...FOUR, interfaceTo('sts'), plainS3],
    'a stack in the VPC of another': [restricted],
    'an open network': [vpc({})],
  },
  fails: {
    'no private DNS': { given: [vpc(), ...FOUR, interfaceTo('sts', false), s3], says: /for sts is not an interface/ },
    'S3 by interface only': {
      given: [vpc(), ...FOUR, interfaceTo('sts'), interfaceTo('s3')],
      says: /for s3 is not a gateway/,
    },
  },
  missing: {
    fails: {
      'one left out': { given: [vpc(), ...FOUR, s3], says: /no endpoint for sts/ },
      'all left out': {
        given: [vpc()],
        says: /bedrock-runtime[\s\S]*sagemaker\.runtime[\s\S]*kms[\s\S]*logs[\s\S]*s3/,
      },
    },
  },
  unknown: {
    'a service that may be the missing one': [vpc(), ...FOUR, interfaceTo(UNKNOWN), s3],
    'the private DNS': [vpc(), ...FOUR, interfaceTo('sts', UNKNOWN), s3],
    'the kind of endpoint': [vpc(), ...FOUR, interfaceTo('sts', true, UNKNOWN), s3],
    'whether the stack is vpc-only': [vpc({ network: UNKNOWN })],
  },
});

it('knows a service whose Region is not known yet', () => {
  const sts = {
    ...interfaceTo('sts'),
    props: { ...interfaceTo('sts').props, serviceName: new Unknown('', [], 'com.amazonaws.«region:here.name».sts') },
  };
  expect(evaluate([privateEndpoints], [vpc(), ...FOUR, sts, s3])).toEqual([]);
});

const fn = (vpcConfig?: unknown) => sample('aws:lambda/function:Function', { vpcConfig } as object);
const INSIDE = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] };

describeRule(functionsInVpc, {
  passes: { 'inside the VPC': [restricted, fn(INSIDE)], 'outside, in an open stack': [vpc({}), fn()] },
  fails: { 'no security group': { given: [vpc(), fn({ ...INSIDE, securityGroupIds: [] })], says: /not in the VPC/ } },
  missing: { fails: { 'no VPC': { given: [restricted, fn()], says: /not in the VPC/ } } },
  unknown: {
    'the network': [vpc(), fn(UNKNOWN)],
    'the subnets': [vpc(), fn({ ...INSIDE, subnetIds: UNKNOWN })],
    'whether the stack is vpc-only': [vpc({ network: UNKNOWN }), fn()],
  },
});
