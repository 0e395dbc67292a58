import { describe, expect, it } from 'vitest';
import type { Manifest } from './manifest.ts';
import { serviceUrl, vllmManifests, type VllmManifestsArgs } from './vllm-manifests.ts';

const DIGEST = 'b'.repeat(64);
const ARGS: VllmManifestsArgs = {
  name: 'llama',
  namespace: 'models',
  image: `registry.example.com/plinth/vllm@sha256:${DIGEST}`,
  engine: { kind: 'vllm', maxModelLen: 8192 },
  model: { name: 'llama-3.1-8b', source: 's3://models/llama/1', digest: DIGEST },
  cache: { kind: 'pod-volume', sizeGb: 100, storageClass: 'gp3-encrypted' },
  scaling: { kind: 'fixed', replicas: 2 },
  network: { callers: ['chat'] },
  resources: { cpu: '4', memory: '16Gi', gpu: { count: 1 } },
};
const ROUTER = { kind: 'vllm-router', image: `registry.example.com/router@sha256:${DIGEST}` } as const;

const manifests = (args: Partial<VllmManifestsArgs> = {}) => vllmManifests({ ...ARGS, ...args });

function find(kind: string, name: string, all: Manifest[]): Manifest {
  const found = all.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return found;
}

const podOf = (all: Manifest[], name = 'llama') =>
  (find('Deployment', name, all)['spec'] as { template: { spec: Record<string, unknown> } }).template.spec;

describe('vllmManifests', () => {
  it('closes the namespace to everything, then admits the named callers to the one port', () => {
    const all = manifests();
    expect(find('NetworkPolicy', 'default-deny', all)['spec']).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    expect(find('NetworkPolicy', 'llama-engine', all)['spec']).toMatchObject({
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'chat' } } }],
          ports: [{ port: 8000 }],
        },
      ],
    });
  });

  it('admits nobody when nobody is named: an empty list of peers would admit everybody', () => {
    const { ingress } = find('NetworkPolicy', 'llama-engine', manifests({ network: { callers: [] } }))['spec'] as {
      ingress: unknown[];
    };
    expect(ingress).toEqual([]);
  });

  it('passes the restricted profile in every pod it makes', () => {
    const all = manifests({ router: ROUTER });
    for (const name of ['llama', 'llama-router'])
      expect(podOf(all, name)).toMatchObject({
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            image: expect.stringMatching(/@sha256:/),
            resources: { limits: { cpu: expect.any(String), memory: expect.any(String) } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      });
    expect(podOf(all)['automountServiceAccountToken']).toBe(false);
  });

  it('gives answers more time to end than the entry point takes for it', () => {
    const pod = podOf(manifests({ drainSeconds: 60 }));
    expect(pod['terminationGracePeriodSeconds']).toBeGreaterThan(60 + 5);
    expect(pod['containers']).toMatchObject([{ lifecycle: { preStop: { sleep: { seconds: 5 } } } }]);
  });

  it('sends callers to the router where there is one, and lets only the router reach the model', () => {
    const all = manifests({ router: ROUTER });
    expect(find('Service', 'llama', all)['spec']).toMatchObject({
      type: 'ClusterIP',
      selector: { 'app.kubernetes.io/component': 'router' },
      ports: [{ port: 80, targetPort: 8080 }],
    });
    expect(find('NetworkPolicy', 'llama-engine', all)['spec']).toMatchObject({
      ingress: [{ from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/component': 'router' } } }] }],
    });
    expect(find('Role', 'llama-router', all)['rules']).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ]);
    expect(serviceUrl(ARGS)).toBe('http://llama.models.svc/v1');
  });

  it('follows the queue, the tokens and the clock', () => {
    const scaling = {
      kind: 'keda',
      min: 0,
      max: 6,
      prometheusUrl: 'http://prometheus.monitoring.svc:9090',
      tokensPerSecond: 900,
      workingHours: { timezone: 'Europe/Berlin', start: '0 7 * * 1-5', end: '0 19 * * 1-5', replicas: 2 },
    } as const;
    const { triggers } = find('ScaledObject', 'llama', manifests({ scaling }))['spec'] as {
      triggers: { type: string; metadata: { query?: string } }[];
    };
    expect(triggers.map(({ type, metadata }) => metadata.query ?? type)).toEqual([
      'sum(vllm:num_requests_waiting{namespace="models",pod=~"llama-.*"})',
      'sum(rate(vllm:generation_tokens_total{namespace="models",pod=~"llama-.*"}[1m]))',
      'cron',
    ]);
    expect(() => manifests({ scaling: { kind: 'keda', min: 0, max: 2, prometheusUrl: 'http://p' } })).toThrow(/min 0/);
    expect(() => manifests({ scaling: { kind: 'hpa', min: 0, max: 2 } })).toThrow(/one pod/);
  });

  it('keeps weights for all pods on EFS, encrypted on the way, and deletes nothing with the claim', () => {
    const cache = { kind: 'efs', fileSystemId: 'fs-1', sizeGb: 100 } as const;
    const all = manifests({ cache });
    expect(find('PersistentVolume', 'models-llama-models', all)['spec']).toMatchObject({
      csi: { volumeHandle: 'fs-1' },
      mountOptions: expect.arrayContaining(['tls']),
      persistentVolumeReclaimPolicy: 'Retain',
    });
    expect(podOf(all)['volumes']).toContainEqual({
      name: 'models',
      persistentVolumeClaim: { claimName: 'llama-models' },
    });
  });

  it('asks for a slice of a GPU where GPUs are sliced, and for none on CPUs', () => {
    const sliced = { cpu: '2', memory: '8Gi', gpu: { count: 1, resource: 'nvidia.com/mig-1g.10gb' } };
    expect(podOf(manifests({ resources: sliced }))['containers']).toMatchObject([
      { resources: { limits: { 'nvidia.com/mig-1g.10gb': '1' } } },
    ]);
    const onCpu = podOf(manifests({ resources: { cpu: '8', memory: '16Gi' } }));
    expect(onCpu['tolerations']).toBeUndefined();
  });

  it('refuses an image by tag, and the code of a model', () => {
    expect(() => manifests({ image: 'vllm/vllm-openai:latest' })).toThrow(/not pinned/);
    expect(() => manifests({ engine: { kind: 'vllm', maxModelLen: 8192, flags: ['--trust-remote-code'] } })).toThrow(
      /weights/,
    );
  });
});
