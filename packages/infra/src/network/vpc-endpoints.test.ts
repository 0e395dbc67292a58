import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { ACCOUNT, only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { ENDPOINT_SERVICES, ESSENTIAL_SERVICES, type EndpointServiceName } from './endpoint-services.ts';
import { Network } from './network.ts';
import { VpcEndpoints, type VpcEndpointsArgs } from './vpc-endpoints.ts';
import { WorkloadGroup } from './workload-group.ts';

const ENDPOINT = 'aws:ec2/vpcEndpoint:VpcEndpoint';
const EVERY = Object.keys(ENDPOINT_SERVICES) as EndpointServiceName[];
const isolated = () =>
  new Network('net', {
    shape: 'isolated',
    placement: PLACEMENT,
    zones: ['us-east-1a', 'us-east-1b'],
    logGroupName: '/plinth/test/flow',
    logKeyArn: KEY_ARN,
  });
const endpoints = (change: Partial<VpcEndpointsArgs> = {}) =>
  new VpcEndpoints('doors', { placement: PLACEMENT, network: isolated(), services: ESSENTIAL_SERVICES, ...change });
const resources = (change?: Partial<VpcEndpointsArgs>) => registered(() => endpoints(change));
const passing = async (service: string, change?: Partial<VpcEndpointsArgs>) =>
  statementsOf([only(await resources(change), ENDPOINT, `doors-${service}`)]);

describe('VpcEndpoints', () => {
  it('answers to the name of each service, in every subnet', async () => {
    const all = (await resources()).filter(
      ({ type, inputs }) => type === ENDPOINT && inputs['vpcEndpointType'] === 'Interface',
    );
    expect(all.map(({ inputs }) => inputs['serviceName'])).toEqual(
      ESSENTIAL_SERVICES.map((service) => `com.amazonaws.us-east-1.${service}`),
    );
    for (const { inputs } of all)
      expect(inputs).toMatchObject({ privateDnsEnabled: true, subnetIds: ['net-isolated-1-id', 'net-isolated-2-id'] });
  });

  it('reaches S3 and DynamoDB by route tables, which cost nothing', async () => {
    const found = await resources();
    for (const service of ['s3', 'dynamodb'])
      expect(only(found, ENDPOINT, `doors-${service}`).inputs).toMatchObject({
        vpcEndpointType: 'Gateway',
        routeTableIds: ['net-isolated-id'],
      });
  });

  it('admits the VPC on 443, and nobody else on nothing else', async () => {
    const rules = (await resources()).filter(({ type }) => /SecurityGroup(Ingress|Egress)?Rule$/.test(type));
    expect(rules.map(({ inputs }) => [inputs['cidrIpv4'], inputs['fromPort'], inputs['toPort']])).toEqual([
      ['10.0.0.0/16', 443, 443],
    ]);
  });

  it('lets through named actions of this account alone, whatever the service', async () => {
    const found = await resources({ services: EVERY });
    expect(unjustifiedWildcards(found)).toEqual([]);
    const statements = statementsOf(found.filter(({ type }) => type === ENDPOINT));
    expect(statements.length).toBeGreaterThanOrEqual(EVERY.length + 2);
    for (const { Action, Resource, Condition, resource } of statements) {
      expect(
        Action.filter((action) => action.includes('*')),
        resource,
      ).toEqual([]);
      if (Resource.includes('*')) expect(Condition?.['StringEquals']?.['aws:PrincipalAccount'], resource).toBe(ACCOUNT);
      else expect(Resource.join(), resource).toMatch(new RegExp(`:${ACCOUNT}:|starport-layer-bucket/`));
    }
  });

  it('keeps data from queues, buckets and tables of other accounts', async () => {
    const found = await resources({ services: EVERY });
    for (const service of ['sqs', 's3', 'dynamodb', 'secretsmanager', 'kms'])
      for (const { Condition } of statementsOf([only(found, ENDPOINT, `doors-${service}`)]))
        if (Condition !== undefined)
          expect(Condition['StringEquals']).toMatchObject({ 'aws:ResourceAccount': ACCOUNT });
  });

  it('lets images in where images are pulled, and what other buckets are named', async () => {
    expect((await passing('s3')).map(({ Sid }) => Sid)).toEqual(['OwnAccount']);
    const [, named] = await passing('s3', {
      services: ['ecr.dkr'],
      readableBuckets: ['jumpstart-cache-prod-us-east-1'],
    });
    expect(named).toMatchObject({
      Action: ['s3:GetObject'],
      Resource: [
        'arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*',
        'arn:aws:s3:::jumpstart-cache-prod-us-east-1/*',
      ],
    });
  });

  it('lets through more where that is asked for, by name', async () => {
    const [statement] = await passing('kms', { alsoAllow: { kms: ['kms:Sign'] } });
    expect(statement?.Action).toContain('kms:Sign');
  });
});

describe('WorkloadGroup', () => {
  const groupRules = async (internet?: boolean) => {
    const found = await registered(() => {
      const network = isolated();
      new WorkloadGroup('service', {
        description: 'A service',
        network,
        ports: [443, 5432],
        endpoints: new VpcEndpoints('doors', { placement: PLACEMENT, network, services: [] }),
        internet,
      });
    });
    return found.filter(({ type, name }) => type.includes('Rule') && name.startsWith('service'));
  };

  it('calls what is named and is called by nobody', async () => {
    expect((await groupRules()).map(({ name, type }) => `${name} ${type.split(':')[2]}`).sort()).toEqual([
      'service-dynamodb SecurityGroupEgressRule',
      'service-s3 SecurityGroupEgressRule',
      'service-vpc-443 SecurityGroupEgressRule',
      'service-vpc-5432 SecurityGroupEgressRule',
    ]);
  });

  it('reaches gateway endpoints by their prefix lists, since those have addresses outside the VPC', async () => {
    const toS3 = (await groupRules()).find(({ name }) => name === 'service-s3');
    expect(toS3?.inputs).toMatchObject({ prefixListId: 'pl-doors-s3', fromPort: 443 });
    expect(toS3?.inputs['cidrIpv4']).toBeUndefined();
  });

  it('reaches the internet where that is chosen', async () => {
    const out = (await groupRules(true)).find(({ name }) => name === 'service-internet');
    expect(out?.inputs).toMatchObject({ cidrIpv4: '0.0.0.0/0', fromPort: 443 });
  });
});

it('names what it made, for the policies of others', async () => {
  await registered(async () => {
    const doors = endpoints();
    expect(await valueOf(doors.securityGroupId)).toBe('doors-id');
    expect(await valueOf(doors.endpointIds.kms ?? '')).toBe('doors-kms-id');
  });
});
