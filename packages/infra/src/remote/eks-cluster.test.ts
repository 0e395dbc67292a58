import { describe, expect, it } from 'vitest';
import { eksCluster } from './eks-cluster.ts';
import { FromChild } from './remote-component.ts';

const types = (inputs: Record<string, unknown>) =>
  eksCluster.expand('models', inputs).children.map(({ type, name }) => `${type} ${name}`);
const BARE = {
  skipDefaultNodeGroup: true,
  skipDefaultSecurityGroups: true,
  useDefaultVpcCni: true,
  corednsAddonOptions: { enabled: false },
  kubeProxyAddonOptions: { enabled: false },
};

describe('the estimate of eks.Cluster', () => {
  it('is the cluster, its role and its access entries where the program makes the rest', () => {
    expect(
      types({
        ...BARE,
        accessEntries: { ops: { principalArn: 'arn:ops', accessPolicies: { admin: { policyArn: 'p' } } } },
      }),
    ).toEqual([
      'aws:iam/role:Role models-eksRole-role',
      expect.stringMatching(/^aws:iam\/rolePolicyAttachment:RolePolicyAttachment models-eksRole-[0-9a-f]{8}$/),
      'aws:eks/cluster:Cluster models-eksCluster',
      'aws:eks/accessEntry:AccessEntry models-ops',
      'aws:eks/accessPolicyAssociation:AccessPolicyAssociation models-ops-admin',
    ]);
  });

  it('has nodes, groups and plugins by default', () => {
    const all = types({}).join('\n');
    for (const part of [
      'nodeSecurityGroup',
      'models-coredns',
      'models-vpc-cni',
      'models-kube-proxy',
      'autoscaling/group',
    ])
      expect(all).toContain(part);
  });

  it('carries what policies look at into the cluster', () => {
    const { children } = eksCluster.expand('models', {
      ...BARE,
      name: 'plinth-models',
      privateSubnetIds: ['subnet-a', 'subnet-b'],
      endpointPrivateAccess: true,
      endpointPublicAccess: false,
      encryptionConfigKeyArn: 'arn:key',
      enabledClusterLogTypes: ['api', 'audit'],
      tags: { owner: 'us' },
    });
    expect(children.find(({ type }) => type === 'aws:eks/cluster:Cluster')?.inputs).toMatchObject({
      name: 'plinth-models',
      enabledClusterLogTypes: ['api', 'audit'],
      encryptionConfig: { provider: { keyArn: 'arn:key' }, resources: ['secrets'] },
      vpcConfig: { subnetIds: ['subnet-a', 'subnet-b'], endpointPrivateAccess: true, endpointPublicAccess: false },
      tags: { owner: 'us' },
    });
  });

  it('points only to children it has', () => {
    for (const inputs of [{}, BARE, { ...BARE, createOidcProvider: true }]) {
      const { children, outputs } = eksCluster.expand('models', inputs);
      const names = new Set(children.map(({ type, name }) => `${type} ${name}`));
      const pointers: FromChild[] = [];
      JSON.stringify([children, outputs], (_key, value: unknown) => {
        if (value instanceof FromChild) pointers.push(value);
        return value;
      });
      expect(pointers.length).toBeGreaterThan(5);
      for (const { childType, child } of pointers) expect(names).toContain(`${childType} ${child}`);
    }
  });
});
