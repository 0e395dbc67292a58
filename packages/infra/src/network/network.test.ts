import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { Network, type NetworkArgs } from './network.ts';

const COMMON = {
  placement: PLACEMENT,
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  cidrBlock: '10.20.0.0/16',
  logGroupName: '/plinth/test/flow',
  logKeyArn: KEY_ARN,
} as const;
const TAGS = { owner: 'platform', environment: 'dev' };
const ISOLATED: NetworkArgs = { ...COMMON, shape: 'isolated' };
const PRIVATE: NetworkArgs = { ...COMMON, shape: 'private', tags: TAGS };
const EDGE: NetworkArgs = { ...COMMON, shape: 'public-edge', tags: TAGS };

const network = (args: NetworkArgs) => registered(() => new Network('net', args));
const count = (resources: Awaited<ReturnType<typeof network>>, kind: string) =>
  resources.filter(({ type }) => type === `aws:ec2/${kind}`).length;

describe('an isolated network', () => {
  it('has no gateway of any kind, no public subnet and no route but its own', async () => {
    const resources = await network(ISOLATED);
    for (const kind of ['internetGateway:InternetGateway', 'natGateway:NatGateway', 'eip:Eip', 'route:Route'])
      expect(count(resources, kind), kind).toBe(0);
    const subnets = resources.filter(({ type }) => type === 'aws:ec2/subnet:Subnet');
    expect(subnets.map(({ inputs }) => inputs['mapPublicIpOnLaunch'])).toEqual([false, false, false]);
    expect(subnets.map(({ inputs }) => inputs['cidrBlock'])).toEqual([
      '10.20.0.0/18',
      '10.20.64.0/18',
      '10.20.128.0/18',
    ]);
  });

  it('marks its stack as one without internet, and resolves names of endpoints', async () => {
    const { inputs } = only(await network(ISOLATED), 'aws:ec2/vpc:Vpc');
    expect(inputs).toMatchObject({ enableDnsSupport: true, enableDnsHostnames: true, tags: { network: 'vpc-only' } });
  });

  it('gives its subnets and the table that endpoints are written into', async () => {
    await registered(async () => {
      const isolated = new Network('net', ISOLATED);
      expect(await valueOf(isolated.subnetIds)).toEqual([
        'net-isolated-1-id',
        'net-isolated-2-id',
        'net-isolated-3-id',
      ]);
      expect(await valueOf(isolated.publicSubnetIds)).toEqual([]);
      expect(await valueOf(isolated.routeTableIds)).toEqual(['net-isolated-id']);
    });
  });
});

describe('a network with a way out', () => {
  it('hands the platform tags to the plugin that builds it', async () => {
    for (const args of [PRIVATE, EDGE]) expect(only(await network(args), 'awsx:ec2:Vpc').inputs['tags']).toEqual(TAGS);
  });

  it('has a NAT gateway for each zone, or one where that is chosen', async () => {
    expect(count(await network(PRIVATE), 'natGateway:NatGateway')).toBe(3);
    expect(count(await network({ ...PRIVATE, nat: 'single' }), 'natGateway:NatGateway')).toBe(1);
  });

  it('leaves little room in public subnets of the private shape, and as much as elsewhere at the edge', async () => {
    const sizes = async (args: NetworkArgs) =>
      (await network(args))
        .filter(({ type, inputs }) => type === 'aws:ec2/subnet:Subnet' && inputs['mapPublicIpOnLaunch'] === true)
        .map(({ inputs }) => String(inputs['cidrBlock']).split('/')[1]);
    expect(await sizes(PRIVATE)).toEqual(['26', '26', '26']);
    expect(await sizes(EDGE)).toEqual(['19', '19', '19']);
  });

  it('puts workloads into private subnets, and tells the public ones apart', async () => {
    await registered(async () => {
      const edge = new Network('net', EDGE);
      expect(await valueOf(edge.subnetIds)).toEqual(['net-private-1-id', 'net-private-2-id', 'net-private-3-id']);
      expect(await valueOf(edge.publicSubnetIds)).toEqual(['net-public-1-id', 'net-public-2-id', 'net-public-3-id']);
      expect(await valueOf(edge.routeTableIds)).toHaveLength(6);
    });
  });
});

describe.each([ISOLATED, PRIVATE, EDGE])('every network: $shape', (args) => {
  it('closes the group that AWS gives to every VPC', async () => {
    expect(only(await network(args), 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup').inputs).toMatchObject({
      vpcId: 'net-id',
      ingress: [],
      egress: [],
    });
  });

  it('keeps encrypted flow logs of all traffic, by a role that can do nothing else', async () => {
    const resources = await network(args);
    expect(only(resources, 'aws:cloudwatch/logGroup:LogGroup').inputs).toMatchObject({
      kmsKeyId: KEY_ARN,
      retentionInDays: 365,
    });
    expect(only(resources, 'aws:ec2/flowLog:FlowLog').inputs).toMatchObject({ trafficType: 'ALL', vpcId: 'net-id' });
    const actions = statementsOf(resources).flatMap(({ Action }) => Action);
    expect(actions.sort()).toEqual([
      'logs:CreateLogStream',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
      'sts:AssumeRole',
    ]);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('can be planned before anything exists', async () => {
    await expect(registered(() => new Network('net', args), { preview: true })).resolves.toBeDefined();
  });
});

it.each([
  [{ zones: ['us-east-1a'] }, /two different zones/],
  [{ zones: ['us-east-1a', 'us-east-1a'] }, /two different zones/],
  [{ cidrBlock: '10.0.0.0/8' }, /between \/16 and \/24/],
  [{ cidrBlock: '10.0.0.1/16' }, /no IPv4 network/],
  [{ cidrBlock: '10.0.0/16' }, /no IPv4 network/],
])('refuses %j before AWS does', async (change, says) => {
  await registered(() => {
    expect(() => new Network('net', { ...ISOLATED, ...change })).toThrow(says);
  });
});
