import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { vllmManifests, type Manifest, type VllmManifestsArgs } from '@plinth/infra';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** The version of `InferenceCluster`, and the oldest that AWS still supports beside it. */
const VERSIONS = ['1.35.0', '1.33.0'];
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

/** Kept between runs, beside what else the checkout fetches. */
const TOOLS = resolve(import.meta.dirname, '../../.plinth/tools/kubernetes-validate-1.37.0');

let folder: string;
let missing: string | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-kubernetes-'));
  if (existsSync(join(TOOLS, 'kubernetes_validate'))) return;
  try {
    const wanted = ['-m', 'pip', 'install', '--quiet', '--target', TOOLS, 'kubernetes-validate==1.37.0'];
    await run('python3', wanted, { timeout: 280_000 });
  } catch (error) {
    missing = `kubernetes-validate could not be installed: ${String((error as Error).message).split('\n')[0]}`;
    console.warn(`Manifests are not checked against the API schemas. ${missing}`);
  }
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Gives back what the API server of that version would refuse. */
async function refused(manifests: readonly Manifest[], version: string): Promise<string> {
  const file = join(folder, `${version}.yaml`);
  writeFileSync(file, manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n'));
  const cli = ['-m', 'kubernetes_validate', '--strict', '-k', version, file];
  const options = { timeout: 30_000, env: { ...process.env, PYTHONPATH: TOOLS } };
  return run('python3', cli, options).then(
    () => '',
    (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ''}${error.stderr ?? ''}` || 'refused',
  );
}

describe('manifests', () => {
  for (const version of VERSIONS)
    for (const [shape, args] of Object.entries(SHAPES))
      it(`of ${shape} are what Kubernetes ${version} takes`, async (context) => {
        if (missing !== undefined) context.skip(missing);
        const own = vllmManifests({ ...BASE, ...args }).filter(({ kind }) => !FOREIGN.includes(kind));
        expect(own.length).toBeGreaterThan(6);
        expect(await refused(own, version)).toBe('');
      });

  it('are refused with a field that no API has: the check can fail', async (context) => {
    if (missing !== undefined) context.skip(missing);
    const [namespace] = vllmManifests(BASE);
    expect(await refused([{ ...namespace!, spec: { colour: 'blue' } }], VERSIONS[0]!)).toMatch(/colour/);
  });
});
