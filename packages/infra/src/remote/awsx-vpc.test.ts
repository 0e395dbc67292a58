import * as awsx from '@pulumi/awsx';
import { describe, expect, it } from 'vitest';
import { registered, valueOf } from '../testing/index.ts';
import { awsxVpc } from './awsx-vpc.ts';

const expand = (inputs: Record<string, unknown> = {}) => awsxVpc.expand('net', inputs);
const zones = { availabilityZoneNames: ['us-east-1a', 'us-east-1b'], subnetStrategy: 'Auto' };
const named = (inputs: Record<string, unknown>, kind: string) =>
  expand(inputs)
    .children.filter(({ type }) => type.endsWith(`:${kind}`))
    .map(({ name }) => name);
const ranges = (inputs: Record<string, unknown>) =>
  Object.fromEntries(
    expand(inputs)
      .children.filter(({ type }) => type.endsWith(':Subnet'))
      .map(({ name, inputs: own }) => [name, own['cidrBlock']]),
  );

describe('what awsx.ec2.Vpc creates', () => {
  it('is, for every subnet, a table, an association and a route, named after it', () => {
    const subnets = ['net-public-1', 'net-private-1', 'net-public-2', 'net-private-2'];
    for (const kind of ['Subnet', 'RouteTable', 'RouteTableAssociation', 'Route'])
      expect(named(zones, kind), kind).toEqual(subnets);
  });

  it('is an internet gateway in every VPC, isolated ones too', () => {
    expect(
      named({ ...zones, subnetSpecs: [{ type: 'Isolated' }], natGateways: { strategy: 'None' } }, 'InternetGateway'),
    ).toEqual(['net']);
  });

  it('is a NAT gateway and its address for each zone, one for all, or none', () => {
    for (const kind of ['NatGateway', 'Eip']) {
      expect(named(zones, kind)).toEqual(['net-1', 'net-2']);
      expect(named({ ...zones, natGateways: { strategy: 'Single' } }, kind)).toEqual(['net-1']);
      expect(named({ ...zones, natGateways: { strategy: 'None' } }, kind)).toEqual([]);
    }
  });

  it('is no address where addresses are given', () => {
    const given = {
      ...zones,
      natGateways: { strategy: 'OnePerAz', elasticIpAllocationIds: ['eipalloc-1', 'eipalloc-2'] },
    };
    expect(named(given, 'Eip')).toEqual([]);
    expect(
      expand(given)
        .children.filter(({ type }) => type.endsWith(':NatGateway'))
        .map(({ inputs }) => inputs['allocationId']),
    ).toEqual(['eipalloc-1', 'eipalloc-2']);
  });

  it('is no route in isolated subnets, and none in private ones without NAT', () => {
    const specs = { ...zones, subnetSpecs: [{ type: 'Public' }, { type: 'Private' }, { type: 'Isolated' }] };
    expect(named(specs, 'Route')).toEqual(['net-public-1', 'net-private-1', 'net-public-2', 'net-private-2']);
    expect(named({ ...specs, natGateways: { strategy: 'None' } }, 'Route')).toEqual(['net-public-1', 'net-public-2']);
  });

  it('is three zones and a /16 where nothing is said', () => {
    expect(named({}, 'Subnet')).toHaveLength(6);
    expect(expand().children[0]?.inputs['cidrBlock']).toBe('10.0.0.0/16');
  });

  it('lies where the strategy Auto puts it: in order, aligned, one zone after another', () => {
    expect(
      ranges({
        ...zones,
        subnetSpecs: [{ type: 'Private' }, { type: 'Public', cidrMask: 26 }, { type: 'Isolated', size: 256 }],
      }),
    ).toEqual({
      'net-private-1': '10.0.0.0/19',
      'net-public-1': '10.0.32.0/26',
      'net-isolated-1': '10.0.33.0/24',
      'net-private-2': '10.0.128.0/19',
      'net-public-2': '10.0.160.0/26',
      'net-isolated-2': '10.0.161.0/24',
    });
  });

  it('lies where explicit blocks put it', () => {
    const cidrBlocks = ['10.1.0.0/24', '10.1.1.0/24'];
    expect(
      ranges({
        ...zones,
        cidrBlock: '10.1.0.0/16',
        subnetSpecs: [{ type: 'Private', name: 'db', cidrBlocks }],
        natGateways: { strategy: 'None' },
      }),
    ).toEqual({
      'net-db-1': '10.1.0.0/24',
      'net-db-2': '10.1.1.0/24',
    });
  });

  it('keeps a gap that is asked for, and makes nothing in it', () => {
    const specs = [
      { type: 'Unused', cidrMask: 18 },
      { type: 'Private', cidrMask: 18 },
      { type: 'Public', cidrMask: 28 },
    ];
    expect(() => ranges({ ...zones, subnetSpecs: specs })).toThrow(/do not fit/);
    expect(
      ranges({
        ...zones,
        subnetSpecs: [
          { type: 'Unused', cidrMask: 18 },
          { type: 'Private', cidrMask: 18 },
        ],
      })['net-private-1'],
    ).toBe('10.0.64.0/18');
  });

  it('is tagged: by us, by name, and by kind of subnet', () => {
    const { children } = expand({ ...zones, tags: { owner: 'me' } });
    for (const { type, inputs } of children)
      if (!/:(Route|RouteTableAssociation)$/.test(type)) expect(inputs['tags'], type).toMatchObject({ owner: 'me' });
    expect(children.find(({ name }) => name === 'net-public-1')?.inputs['tags']).toMatchObject({
      Name: 'net-public-1',
      SubnetType: 'Public',
    });
  });
});

describe('endpoints', () => {
  const specs = (vpcEndpointStrategy: string) => ({
    ...zones,
    vpcEndpointStrategy,
    vpcEndpointSpecs: [
      { serviceName: 'com.amazonaws.us-east-1.s3' },
      { serviceName: 'com.amazonaws.us-east-1.kms', vpcEndpointType: 'Interface' },
    ],
  });
  const endpoint = (strategy: string, service: string) =>
    expand(specs(strategy)).children.find(
      ({ type, name }) => type.endsWith(':VpcEndpoint') && name.endsWith(`.${service}`),
    )?.inputs;

  it('are passed on as they are', () => {
    expect(Object.keys(endpoint('Legacy', 'kms') ?? {}).sort()).toEqual([
      'serviceName',
      'tags',
      'vpcEndpointType',
      'vpcId',
    ]);
  });

  it('are filled in under the strategy Auto', () => {
    expect(endpoint('Auto', 's3')?.['routeTableIds']).toHaveLength(4);
    expect(endpoint('Auto', 'kms')).toMatchObject({ privateDnsEnabled: true });
    expect(endpoint('Auto', 'kms')?.['subnetIds']).toHaveLength(2);
    expect(named(specs('Auto'), 'SecurityGroup')).toEqual(['com.amazonaws.us-east-1.kms-sg']);
  });
});

it('answers a program as the component would', async () => {
  await registered(async () => {
    const vpc = new awsx.ec2.Vpc('net', {
      availabilityZoneNames: ['us-east-1a', 'us-east-1b'],
      subnetStrategy: 'Auto',
    });
    expect(await valueOf(vpc.vpcId)).toBe('net-id');
    expect(await valueOf(vpc.privateSubnetIds)).toEqual(['net-private-1-id', 'net-private-2-id']);
    expect(await valueOf(vpc.isolatedSubnetIds)).toEqual([]);
    expect(await valueOf(vpc.natGateways.apply((gateways) => gateways.length))).toBe(2);
  });
});
