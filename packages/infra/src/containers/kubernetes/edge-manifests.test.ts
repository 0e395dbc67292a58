import * as kubernetes from '@pulumi/kubernetes';
import { describe, expect, it } from 'vitest';
import { only, registered } from '../../testing/index.ts';
import { KubernetesEdge, type EdgeVariables, type KubernetesEdgeArgs } from './edge-gateway.ts';
import { edgeManifests, type EdgeManifestsArgs } from './edge-manifests.ts';
import { gatewayRules } from './edge-network.ts';

const IMAGE = `registry.example.com/plinth/edge@sha256:${'e'.repeat(64)}`;
const VARIABLES: EdgeVariables = {
  PLINTH_CATALOG: '[]',
  PLINTH_SITE: 'plant',
  PLINTH_BUNDLES: 's3://bundles/sites/plant/',
  PLINTH_BUNDLE_KEY: 'pem',
  PLINTH_SYNC_QUEUE: 'https://queue',
};
const ARGS: Omit<KubernetesEdgeArgs, 'provider'> = {
  name: 'edge',
  namespace: 'site',
  image: IMAGE,
  environment: VARIABLES,
  resources: { cpu: '1', memory: '512Mi' },
  model: {
    environment: { PLINTH_MODEL: 'small', PLINTH_CONTEXT_TOKENS: '2048' },
    resources: { cpu: '1', memory: '512Mi' },
  },
  identity: {
    kind: 'certificate',
    identity: { roleArn: 'arn:role', profileArn: 'arn:profile', trustAnchorArn: 'arn:anchor' },
    secretName: 'identity',
  },
  network: { callers: ['ingress'], aws: ['10.0.0.0/16'] },
  volume: { sizeGb: 5, storageClass: 'standard' },
};

interface Pod {
  containers: {
    name: string;
    securityContext: object;
    resources: { limits: object; requests: object };
    env: object[];
  }[];
  securityContext: object;
}

async function applied(change: Partial<KubernetesEdgeArgs> = {}) {
  return registered(() => {
    const provider = new kubernetes.Provider('site', { context: 'site' });
    new KubernetesEdge('plant', { ...ARGS, provider, ...change });
  });
}

const SET = 'kubernetes:apps/v1:StatefulSet';
const specOf = (resources: Awaited<ReturnType<typeof applied>>, type: string, name?: string) =>
  only(resources, type, name).inputs['spec'] as unknown as Record<string, unknown>;

describe('a gateway on Kubernetes', () => {
  it('runs as nobody, on a read-only root, with what it is promised as its limit', async () => {
    const { template } = specOf(await applied(), SET) as { template: { spec: Pod } };
    expect(template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(template.spec.containers.map(({ name }) => name)).toEqual(['gateway', 'model']);
    for (const { securityContext, resources } of template.spec.containers) {
      expect(securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
      expect(resources.requests).toEqual(resources.limits);
    }
  });

  it('is one pod, whose volume outlives it', async () => {
    expect(specOf(await applied(), SET)).toMatchObject({
      replicas: 1,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [{ spec: { accessModes: ['ReadWriteOncePod'] } }],
    });
  });

  it('lets the named callers in, and itself out to DNS and the ranges of AWS alone', async () => {
    const resources = await applied();
    const policies = 'kubernetes:networking.k8s.io/v1:NetworkPolicy';
    expect(specOf(resources, policies, 'plant-networkpolicy-default-deny')).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    const { ingress, egress } = specOf(resources, policies, 'plant-networkpolicy-edge') as {
      ingress: object[];
      egress: object[];
    };
    expect(ingress).toHaveLength(1);
    expect(egress.slice(1)).toEqual([
      { to: [{ ipBlock: { cidr: '10.0.0.0/16' } }], ports: [{ protocol: 'TCP', port: 443 }] },
    ]);
  });

  it('asks for credentials by its certificate, where every SDK looks, and holds no key', async () => {
    const resources = await applied();
    const { config } = only(resources, 'kubernetes:core/v1:ConfigMap').inputs['data'] as { config: string };
    expect(config).toMatch(/^\[default\]\ncredential_process = .* --role-arn arn:role\n$/);
    const { template } = specOf(resources, SET) as { template: { spec: Pod } };
    expect(template.spec.containers[0]?.env).toContainEqual({
      name: 'AWS_CONFIG_FILE',
      value: '/etc/plinth/aws/config',
    });
    expect(JSON.stringify(template)).not.toContain('AWS_SECRET');
  });

  it('needs none of that with Pod Identity', async () => {
    const resources = await applied({ identity: { kind: 'pod-identity' } });
    expect(resources.filter(({ type }) => type.endsWith(':ConfigMap'))).toEqual([]);
  });
});

describe('edge manifests', () => {
  const args = { ...ARGS, environment: {}, model: undefined } as unknown as EdgeManifestsArgs;

  it('refuse an image by tag', () => {
    expect(() => edgeManifests({ ...args, image: 'registry.example.com/edge:latest' })).toThrow(/not pinned/);
  });

  it('refuse egress to everywhere', () => {
    expect(() => gatewayRules('edge', 'site', { callers: [], aws: ['0.0.0.0/0'] })).toThrow(/is every address/);
  });

  it('close the namespace before anything runs in it', () => {
    const kinds = edgeManifests(args).map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['Namespace', 'NetworkPolicy', 'NetworkPolicy']);
    expect(kinds.indexOf('StatefulSet')).toBeGreaterThan(2);
  });
});
