import { edgeManifests, type EdgeManifestsArgs, type Manifest } from '@plinth/infra';
import { registered, valueOf } from '@plinth/infra/testing';
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { apiSchemas, VERSIONS } from './api-schemas.ts';

const refused = apiSchemas();

const DIGEST = 'd'.repeat(64);
const BASE: EdgeManifestsArgs = {
  name: 'edge',
  namespace: 'plinth-edge',
  image: `registry.example.com/plinth/edge@sha256:${DIGEST}`,
  environment: { PLINTH_SITE: 'plant-7' },
  resources: { cpu: '1', memory: '512Mi' },
  identity: {
    kind: 'certificate',
    identity: { roleArn: 'arn:role', profileArn: 'arn:profile', trustAnchorArn: 'arn:anchor' },
    secretName: 'plinth-identity',
  },
  network: { callers: ['ingress'], aws: ['10.0.0.0/16'] },
  volume: { sizeGb: 10, storageClass: 'local-path' },
};

const SHAPES: Record<string, Partial<EdgeManifestsArgs>> = {
  'a gateway with a certificate': {},
  'a gateway with a model on CPUs, watched, from a registry that asks': {
    model: { environment: { PLINTH_MODEL: 'small' }, resources: { cpu: '2', memory: '1Gi' } },
    pullSecret: 'registry',
    network: { callers: ['ingress'], monitoring: 'monitoring', aws: ['10.0.0.0/16'] },
    nodeSelector: { site: 'plant-7' },
  },
  'a gateway on an Outpost beside vLLM': {
    identity: { kind: 'pod-identity' },
    network: { callers: [], aws: ['10.0.0.0/16'], podIdentity: true, modelNamespace: 'plinth-edge-model' },
  },
};

/** Manifests as they cross the wire, outputs known. */
async function settled(args: EdgeManifestsArgs): Promise<Manifest[]> {
  let manifests: Manifest[] = [];
  await registered(
    async () => (manifests = (await valueOf(pulumi.output(edgeManifests(args) as unknown))) as Manifest[]),
  );
  return manifests;
}

describe('edge manifests', () => {
  for (const version of VERSIONS)
    for (const [shape, args] of Object.entries(SHAPES))
      it(`of ${shape} are what Kubernetes ${version} takes`, async () => {
        const manifests = await settled({ ...BASE, ...args });
        expect(manifests.length).toBeGreaterThan(6);
        expect(await refused(manifests, version)).toBe('');
      });

  it('are refused with a field that no API has: the check can fail', async () => {
    const manifests = await settled(BASE);
    const wrong = manifests.map((each) =>
      each.kind === 'StatefulSet' ? { ...each, spec: { ...(each['spec'] as object), replica: 1 } } : each,
    );
    expect(await refused(wrong, VERSIONS[0]!)).toMatch(/replica/);
  });
});
