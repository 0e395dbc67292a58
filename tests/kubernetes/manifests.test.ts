import { vllmManifests, type VllmManifestsArgs } from '@plinth/infra';
import { describe, expect, it } from 'vitest';
import { apiSchemas, VERSIONS } from './api-schemas.ts';

/** Kinds that are not Kubernetes' own: their schemas are with their operators. */
const FOREIGN = ['ScaledObject'];

const DIGEST = 'd'.repeat(64);
const BASE: VllmManifestsArgs = {
  name: 'llama',
  namespace: 'models',
  image: `registry.example.com/plinth/vllm@sha256:${DIGEST}`,
  engine: { kind: 'vllm', maxModelLen: 8192 },
  model: { name: 'llama', source: 's3://models/llama', digest: DIGEST },
  cache: { kind: 'pod-volume', sizeGb: 100, storageClass: 'gp3' },
  scaling: { kind: 'fixed', replicas: 1 },
  network: { callers: ['chat'], monitoring: 'monitoring', modelSources: ['10.0.0.0/16'], podIdentity: true },
  resources: { cpu: '4', memory: '16Gi', gpu: { count: 1 } },
};

const SHAPES: Record<string, Partial<VllmManifestsArgs>> = {
  'one pod with a volume of its own': {},
  'pods on EFS behind a router, under the HPA': {
    cache: { kind: 'efs', fileSystemId: 'fs-1', sizeGb: 100 },
    scaling: { kind: 'hpa', min: 1, max: 4 },
    router: { kind: 'vllm-router', image: `registry.example.com/router@sha256:${DIGEST}` },
    apiKeySecret: { name: 'model-key', key: 'token' },
  },
  'a CPU model at the edge, under KEDA': {
    cache: { kind: 'claim', claimName: 'weights' },
    scaling: { kind: 'keda', min: 1, max: 2, prometheusUrl: 'http://prometheus.monitoring.svc:9090' },
    network: { callers: [] },
    resources: { cpu: '8', memory: '16Gi' },
    nodeSelector: { site: 'edge' },
  },
};

const refused = apiSchemas();

describe('manifests', () => {
  for (const version of VERSIONS)
    for (const [shape, args] of Object.entries(SHAPES))
      it(`of ${shape} are what Kubernetes ${version} takes`, async () => {
        const own = vllmManifests({ ...BASE, ...args }).filter(({ kind }) => !FOREIGN.includes(kind));
        expect(own.length).toBeGreaterThan(6);
        expect(await refused(own, version)).toBe('');
      });

  it('are refused with a field that no API has: the check can fail', async () => {
    const [namespace] = vllmManifests(BASE);
    expect(await refused([{ ...namespace!, spec: { colour: 'blue' } }], VERSIONS[0]!)).toMatch(/colour/);
  });
});
