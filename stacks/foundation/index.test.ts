import { join } from 'node:path';
import {
  only,
  registered,
  stackSettings,
  takesTags,
  unjustifiedWildcards,
  type Registered,
} from '@plinth/infra/testing';
import { describe, expect, it, vi } from 'vitest';

const ENVIRONMENTS = ['dev', 'staging', 'production'] as const;
type Environment = (typeof ENVIRONMENTS)[number];
const TRAIL = 'aws:cloudtrail/trail:Trail';
const LOGGING = 'aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration';

function foundation(
  environment: Environment,
  change: Record<string, string> = {},
  preview = false,
): Promise<Registered[]> {
  vi.resetModules();
  const config = { ...stackSettings(join(import.meta.dirname, `Pulumi.${environment}.yaml`)), ...change };
  return registered(() => import('./index.ts'), { project: 'plinth-foundation', stack: environment, config, preview });
}

describe.each(ENVIRONMENTS)('the foundation in %s', (environment) => {
  it('carries the four tags on everything that takes tags', async () => {
    const taggable = (await foundation(environment)).filter(({ type }) => takesTags(type));
    expect(taggable.length).toBeGreaterThan(5);
    for (const { type, inputs } of taggable)
      expect(inputs['tags'], type).toMatchObject({
        owner: expect.any(String),
        environment,
        'cost-center': expect.any(String),
        'data-class': expect.any(String),
      });
  });

  it('names no wildcard without a written reason', async () => {
    expect(unjustifiedWildcards(await foundation(environment))).toEqual([]);
  });

  it('can be planned while nothing of it exists', async () => {
    expect((await foundation(environment, {}, true)).length).toBeGreaterThan(20);
  });
});

describe('the foundation', () => {
  it('owns invocation logging, unless another stack of the account does', async () => {
    expect(only(await foundation('dev'), LOGGING).inputs).toBeDefined();
    const second = await foundation('dev', { 'plinth-foundation:ownsRegion': 'false' });
    expect(second.filter(({ type }) => type === LOGGING || type.startsWith('aws:apigateway'))).toEqual([]);
  });

  it('keeps what it holds longer where it matters', async () => {
    const window = async (environment: Environment) =>
      only(await foundation(environment), 'aws:kms/key:Key', 'data').inputs['deletionWindowInDays'];
    expect(await window('dev')).toBe(7);
    expect(await window('production')).toBe(30);
    const kept = async (environment: Environment) =>
      only(await foundation(environment), 'aws:s3/bucket:Bucket', 'invocations').inputs['forceDestroy'];
    expect(await kept('dev')).toBe(true);
    expect(await kept('staging')).toBe(false);
  });

  it('locks the audit trail: for good in production, so that it can be thrown away in dev', async () => {
    const lock = async (environment: Environment) =>
      only(await foundation(environment), 'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration').inputs[
        'rule'
      ];
    expect(await lock('dev')).toEqual({ defaultRetention: { mode: 'GOVERNANCE', days: 1 } });
    expect(await lock('production')).toEqual({ defaultRetention: { mode: 'COMPLIANCE', days: 365 } });
    const destroyed = only(await foundation('production'), 'aws:s3/bucket:Bucket', 'trail').inputs['forceDestroy'];
    expect(destroyed).toBe(false);
  });

  it('records who reads what models were asked, as it does for every bucket of the platform', async () => {
    const resources = await foundation('dev');
    const selectors = JSON.stringify(only(resources, TRAIL).inputs['advancedEventSelectors']);
    expect(selectors).toContain('"startsWiths":["arn:aws:s3:::plinth-"]');
    const invocations = only(resources, 'aws:s3/bucket:Bucket', 'invocations');
    expect(invocations.inputs['bucketPrefix']).toMatch(/^plinth-/);
  });

  it('leaves what the account has once to the other foundation of the account', async () => {
    const second = await foundation('dev', { 'plinth-foundation:ownsAccount': 'false' });
    const once = /^aws:(cloudtrail|costexplorer)|OpenIdConnectProvider$/;
    expect(second.filter(({ type }) => once.test(type))).toEqual([]);
    expect(second.filter(({ type, name }) => type === 'aws:iam/role:Role' && name.startsWith('github'))).toHaveLength(
      2,
    );
  });

  it('lets nobody deploy from GitHub unless a repository is named', async () => {
    const config = stackSettings(join(import.meta.dirname, 'Pulumi.dev.yaml'));
    delete config['plinth-foundation:delivery'];
    vi.resetModules();
    const resources = await registered(() => import('./index.ts'), {
      project: 'plinth-foundation',
      stack: 'dev',
      config,
    });
    expect(resources.filter(({ name }) => name.startsWith('github'))).toEqual([]);
  });

  it('says that records cannot be deleted before their lock is off', async () => {
    const audit = '{"mode":"governance","lockedDays":30,"keptDays":7}';
    await expect(foundation('dev', { 'plinth-foundation:audit': audit })).rejects.toThrow(
      /audit\.keptDays: must not be shorter than lockedDays/,
    );
  });

  it('says what to set when nobody would hear of an alarm', async () => {
    await expect(foundation('dev', { 'plinth-foundation:alertEmails': '[]' })).rejects.toThrow(
      /alertEmails: name at least one address/,
    );
  });

  it('says which retention periods CloudWatch has', async () => {
    await expect(foundation('dev', { 'plinth-foundation:logRetentionDays': '31' })).rejects.toThrow(/logRetentionDays/);
  });
});
