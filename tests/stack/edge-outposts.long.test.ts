import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Manifest } from '@plinth/infra';
import { registered, stackSettings } from '@plinth/infra/testing';
import { exitCodeOf, planStack, type Plan } from '@plinth/planning';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { apiSchemas, VERSIONS } from '../kubernetes/api-schemas.ts';

const STACK = resolve(import.meta.dirname, '../../stacks/edge-outposts');
const ENVIRONMENTS = ['dev', 'staging', 'production'] as const;
const MINUTE = 60_000;

const README = readFileSync(join(STACK, 'README.md'), 'utf8');

/** US dollars in the README's table of costs. */
function written(env: string, column: 'idle' | 'load'): number {
  const line = README.split('\n').find((each) => new RegExp(`^\\| ${env} +\\| \\$`).test(each));
  return Number(line?.split('|')[column === 'idle' ? 2 : 3]?.replaceAll(/[^\d.]/g, ''));
}

describe.each(ENVIRONMENTS)('the edge as planned for %s', (env) => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planStack({ stackDir: STACK, env, timeoutMs: 2 * MINUTE });
  }, 2 * MINUTE);

  it('passes both policy packs, with nothing left open', () => {
    expect(exitCodeOf(plan)).toBe(0);
    expect(plan.findings.filter(({ kind, level }) => kind === 'not-yet-known' || level === 'mandatory')).toEqual([]);
  });

  it('keeps every site closed: no public address, no Service that leaves its cluster', () => {
    for (const { type, props } of plan.resources) {
      if (type === 'aws:lb/loadBalancer:LoadBalancer') expect(props['internal']).toBe(true);
      if (type === 'aws:ec2/subnet:Subnet') expect(props['mapPublicIpOnLaunch']).toBe(false);
      if (type === 'kubernetes:core/v1:Service') expect(props['spec']).toMatchObject({ type: 'ClusterIP' });
    }
  });

  it('costs what its README says, give or take a twentieth', () => {
    for (const column of ['idle', 'load'] as const) {
      const planned = plan.cost.totalUsd[column];
      expect(Math.abs(written(env, column) - planned), column).toBeLessThan(Math.max(1, planned / 20));
    }
  });
});

describe('manifests of the edge', () => {
  const refused = apiSchemas();

  it.each([
    ['dev', 8],
    ['production', 20],
  ])('are what Kubernetes takes, as %s is configured', async (environment, least) => {
    vi.resetModules();
    const resources = await registered(() => import(join(STACK, 'index.ts')), {
      project: 'plinth-edge-outposts',
      stack: environment,
      config: stackSettings(join(STACK, `Pulumi.${environment}.yaml`)),
      stackOutputs: { dataKeyArn: 'arn:key', alertTopicArn: 'arn:topic' },
    });
    const manifests = resources
      .filter(({ type }) => type.startsWith('kubernetes:'))
      .map(({ inputs }) => inputs as unknown as Manifest);
    expect(manifests.length).toBeGreaterThanOrEqual(least);
    for (const version of VERSIONS) expect(await refused(manifests, version)).toBe('');
  });
});
