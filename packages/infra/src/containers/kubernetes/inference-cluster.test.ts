import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, type Registered } from '../../testing/index.ts';
import { InferenceCluster, type InferenceClusterArgs } from './inference-cluster.ts';
import { KubernetesInference } from './model-server.ts';

const DIGEST = 'c'.repeat(64);
const TAGS = { owner: 'models', environment: 'dev', 'cost-center': 'ai', 'data-class': 'internal' };

const cluster = (args: Partial<InferenceClusterArgs> = {}) =>
  new InferenceCluster('models', {
    placement: PLACEMENT,
    network: { vpcId: 'vpc-1', subnetIds: ['subnet-a', 'subnet-b'] },
    keyArn: KEY_ARN,
    tags: TAGS,
    pools: { gpu: { instanceTypes: ['g6.xlarge'], market: 'both', maxGpus: 4 } },
    admins: { platform: 'arn:aws:iam::123456789012:role/platform' },
    ...args,
  });

const made = (args?: Partial<InferenceClusterArgs>) => registered(() => cluster(args));
const kind = (resources: Registered[], type: string) => only(resources, `kubernetes:${type}`).inputs;

describe('InferenceCluster', () => {
  it('is private, logged in all five ways, and encrypts its secrets', async () => {
    const resources = await made();
    const { inputs } = only(resources, 'aws:eks/cluster:Cluster');
    expect(inputs).toMatchObject({
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false, subnetIds: ['subnet-a', 'subnet-b'] },
      encryptionConfig: { provider: { keyArn: KEY_ARN }, resources: ['secrets'] },
      accessConfig: { authenticationMode: 'API' },
      deletionProtection: true,
      tags: TAGS,
    });
    expect(inputs['enabledClusterLogTypes']).toHaveLength(5);
    only(resources, 'aws:eks/accessEntry:AccessEntry', 'models-platform');
  });

  it('enforces network policies, and has the network before it has nodes', async () => {
    const { inputs } = only(await made(), 'aws:eks/addon:Addon', 'models-vpc-cni');
    expect(JSON.parse(String(inputs['configurationValues']))).toMatchObject({ enableNetworkPolicy: 'true' });
  });

  it('runs Karpenter at a pinned version, with a role that pods of one account have', async () => {
    const resources = await made();
    const release = only(resources, 'kubernetes:helm.sh/v3:Release', 'models').inputs;
    expect(release['version']).toMatch(/^\d+\.\d+\.\d+$/);
    expect(release).toMatchObject({
      values: { settings: { clusterName: 'plinth-test-dev-models', interruptionQueue: 'models-id' } },
    });
    const associations = resources.filter(({ type }) => type.endsWith(':PodIdentityAssociation'));
    expect(
      associations.map(({ inputs }) => `${String(inputs['namespace'])}/${String(inputs['serviceAccount'])}`),
    ).toEqual(['kube-system/karpenter']);
  });

  it('bounds the pool, taints it, prefers Spot, and keeps nodes encrypted on IMDSv2', async () => {
    const resources = await made();
    expect(kind(resources, 'karpenter.sh/v1:NodePool')['spec']).toMatchObject({
      limits: { 'nvidia.com/gpu': 4 },
      template: {
        spec: {
          taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }],
          requirements: expect.arrayContaining([
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['spot', 'on-demand'] },
          ]),
        },
      },
    });
    const { spec } = kind(resources, 'karpenter.k8s.aws/v1:EC2NodeClass') as { spec: Record<string, unknown> };
    expect(spec).toMatchObject({
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
      subnetSelectorTerms: [{ id: 'subnet-a' }, { id: 'subnet-b' }],
      tags: TAGS,
    });
    for (const { ebs } of spec['blockDeviceMappings'] as { ebs: object }[])
      expect(ebs).toMatchObject({ encrypted: true, kmsKeyID: KEY_ARN });
  });

  it('shares GPUs by time or by hardware, as the pool says', async () => {
    const pool = { instanceTypes: ['p5.48xlarge'], maxGpus: 8 } as const;
    const userData = async (sharing: object) => {
      const resources = await made({ pools: { gpu: { ...pool, sharing } as never } });
      return String((kind(resources, 'karpenter.k8s.aws/v1:EC2NodeClass')['spec'] as { userData: string }).userData);
    };
    expect(await userData({ kind: 'time-slicing', replicas: 4 })).toContain('replicas = 4');
    expect(await userData({ kind: 'mig', profiles: { 'h100.80gb': '1g.10gb' } })).toContain('"h100.80gb" = "1g.10gb"');
  });

  it('lets nobody do anything to everything, save for what has no resources to name', async () => {
    const resources = await made();
    expect(unjustifiedWildcards(resources)).toEqual([]);
    const karpenter = statementsOf(resources).filter(({ Sid }) => Sid.startsWith('Karpenter'));
    const changes = karpenter.filter(({ Action }) =>
      Action.some((action) => /Run|Create|Terminate|Delete/.test(action)),
    );
    for (const { Sid, Resource, Condition } of changes)
      expect(Condition !== undefined || Resource.every((arn) => !arn.includes('*')), Sid).toBe(true);
  });

  it('serves a model in a namespace that is closed first', async () => {
    const resources = await registered(() => {
      const { provider } = cluster();
      new KubernetesInference('llama', {
        provider,
        name: 'llama',
        namespace: 'models',
        image: `registry.example.com/vllm@sha256:${DIGEST}`,
        engine: { kind: 'vllm', maxModelLen: 8192 },
        model: { name: 'llama', source: 's3://models/llama', digest: DIGEST },
        cache: { kind: 'pod-volume', sizeGb: 100, storageClass: 'gp3' },
        scaling: { kind: 'fixed', replicas: 1 },
        network: { callers: ['chat'], modelSources: ['10.0.0.0/16'], podIdentity: true },
        resources: { cpu: '4', memory: '16Gi', gpu: { count: 1 } },
      });
    });
    expect(kind(resources, 'apps/v1:Deployment')['apiVersion']).toBe('apps/v1');
    expect(kind(resources, 'core/v1:Service')).toMatchObject({ apiVersion: 'v1', spec: { type: 'ClusterIP' } });
    const order = resources.map(({ type }) => type);
    expect(order.indexOf('kubernetes:networking.k8s.io/v1:NetworkPolicy')).toBeLessThan(
      order.indexOf('kubernetes:apps/v1:Deployment'),
    );
  });

  it('refuses a cluster without nodes for models', async () => {
    await registered(() => expect(() => cluster({ pools: {} })).toThrow(/one pool/));
  });
});
