import { describe, expect, it } from 'vitest';
import { only, registered } from '../testing/index.ts';
import { LocalZoneSubnet, type LocalZoneSubnetArgs } from './local-zone-subnet.ts';
import { OutpostSubnet, type LocalGateway } from './outpost-subnet.ts';

const SUBNET = 'aws:ec2/subnet:Subnet';
const OUTPOST = 'arn:aws:outposts:us-west-2:123456789012:outpost/op-1234567890abcdef0';
const network = { vpcId: 'vpc-1' };

describe('LocalZoneSubnet', () => {
  const subnet = (change: Partial<LocalZoneSubnetArgs> = {}) =>
    registered(
      () => new LocalZoneSubnet('lax', { network, zone: 'us-west-2-lax-1a', cidrBlock: '10.0.200.0/24', ...change }),
    );

  it('is private, and leads nowhere unless a way is given', async () => {
    const resources = await subnet();
    expect(only(resources, SUBNET).inputs).toMatchObject({
      availabilityZone: 'us-west-2-lax-1a',
      mapPublicIpOnLaunch: false,
    });
    expect(resources.filter(({ type }) => type === 'aws:ec2/route:Route')).toEqual([]);
  });

  it('leads out through the NAT gateway it is given', async () => {
    const route = only(await subnet({ egress: { natGatewayId: 'nat-1' } }), 'aws:ec2/route:Route');
    expect(route.inputs).toMatchObject({ natGatewayId: 'nat-1', routeTableId: 'lax-id' });
  });

  it('refuses a zone of the Region itself', async () => {
    await registered(() => {
      expect(() => new LocalZoneSubnet('lax', { network, zone: 'us-west-2a', cidrBlock: '10.0.200.0/24' })).toThrow(
        /no Local Zone/,
      );
    });
  });
});

describe('OutpostSubnet', () => {
  const GATEWAY: LocalGateway = {
    localGatewayId: 'lgw-1',
    localGatewayRouteTableId: 'lgw-rtb-1',
    siteCidrBlocks: ['192.168.0.0/16', '172.16.0.0/12'],
    customerOwnedIpv4Pool: 'ipv4pool-coip-1',
  };
  const args = (localGateway?: LocalGateway) => ({
    network,
    outpostArn: OUTPOST,
    zone: 'us-west-2a',
    cidrBlock: '10.0.201.0/24',
    localGateway,
  });
  const subnet = (gateway?: LocalGateway) => registered(() => new OutpostSubnet('rack', args(gateway)));

  it('stands on the rack and speaks to the Region alone', async () => {
    const resources = await subnet();
    expect(only(resources, SUBNET).inputs).toMatchObject({ outpostArn: OUTPOST, mapPublicIpOnLaunch: false });
    expect(only(resources, SUBNET).inputs['mapCustomerOwnedIpOnLaunch']).toBeUndefined();
    expect(resources.map(({ type }) => type)).not.toContain('aws:ec2/route:Route');
  });

  it('joins the site: its networks by the local gateway, its addresses from the pool', async () => {
    const resources = await subnet(GATEWAY);
    expect(only(resources, SUBNET).inputs).toMatchObject({
      customerOwnedIpv4Pool: 'ipv4pool-coip-1',
      mapCustomerOwnedIpOnLaunch: true,
    });
    expect(
      only(resources, 'aws:ec2/localGatewayRouteTableVpcAssociation:LocalGatewayRouteTableVpcAssociation').inputs,
    ).toMatchObject({
      vpcId: 'vpc-1',
      localGatewayRouteTableId: 'lgw-rtb-1',
    });
    const routes = resources.filter(({ type }) => type === 'aws:ec2/route:Route');
    expect(routes.map(({ inputs }) => [inputs['destinationCidrBlock'], inputs['localGatewayId']])).toEqual([
      ['192.168.0.0/16', 'lgw-1'],
      ['172.16.0.0/12', 'lgw-1'],
    ]);
  });

  it('joins a VPC to the gateway once', async () => {
    const { localGatewayRouteTableId: _once, ...again } = GATEWAY;
    const resources = await subnet(again);
    expect(resources.map(({ type }) => type).filter((type) => type.includes('VpcAssociation'))).toEqual([]);
  });

  it('does not send everything to the site', async () => {
    await registered(() => {
      expect(() => new OutpostSubnet('rack', args({ ...GATEWAY, siteCidrBlocks: ['0.0.0.0/0'] }))).toThrow(
        /everything/,
      );
    });
  });
});
