import { readFileSync } from 'node:fs';
import * as aws from '@pulumi/aws';
import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards } from '../testing/index.ts';
import { boundedBy } from './boundary.ts';
import { MANAGED_POLICY_CHARACTERS } from './deploy-permissions.ts';
import { GitHubRoles, type GitHubRolesArgs } from './github-roles.ts';

const BOUNDARY = 'arn:aws:iam::123456789012:policy/plinth-workload-boundary';
const ARGS: GitHubRolesArgs = {
  placement: PLACEMENT,
  repository: 'acme/platform',
  environments: ['staging', 'production'],
  state: { kind: 's3', bucketArn: 'arn:aws:s3:::acme-state', keyArn: KEY_ARN },
  workloadBoundaryArn: BOUNDARY,
  protectedArns: ['arn:aws:s3:::acme-audit'],
};
const roles = (change: Partial<GitHubRolesArgs> = {}) =>
  registered(() => new GitHubRoles('github', { ...ARGS, ...change }));
const subjects = async (role: string) =>
  statementsOf(await roles()).find(({ resource }) => resource === `aws:iam/role:Role github-${role}`)?.Condition;
const ofPreview = async () =>
  statementsOf(await roles()).filter(({ resource }) => resource === 'aws:iam/rolePolicy:RolePolicy github-preview');
const ofDeploy = async () =>
  statementsOf(await roles()).filter(({ resource }) => /Policy github-deploy/.test(resource));

describe('GitHubRoles', () => {
  it('previews for pull requests of one repository, compared letter by letter', async () => {
    expect(await subjects('preview')).toEqual({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': ['repo:acme/platform:pull_request'],
      },
    });
  });

  it('deploys for jobs of the named environments, and of nothing else', async () => {
    expect((await subjects('deploy'))?.['StringEquals']).toMatchObject({
      'token.actions.githubusercontent.com:sub': [
        'repo:acme/platform:environment:staging',
        'repo:acme/platform:environment:production',
      ],
    });
  });

  it('lets a preview read the state, and neither write it nor read what people wrote', async () => {
    const statements = await ofPreview();
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
    expect(allowed.sort()).toEqual([
      'kms:Decrypt',
      's3:GetObject',
      's3:ListBucket',
      'ssm:GetParameter',
      'ssm:GetParameters',
    ]);
    const refused = statements.filter(({ Effect }) => Effect === 'Deny').flatMap(({ Action }) => Action);
    expect(refused).toEqual(
      expect.arrayContaining([
        'dynamodb:GetItem',
        'logs:GetLogEvents',
        'bedrock:Invoke*',
        'secretsmanager:GetSecretValue',
      ]),
    );
  });

  it('asks AWS for no state that Pulumi Cloud keeps', async () => {
    const statements = statementsOf(await roles({ state: { kind: 'pulumi-cloud' } }));
    expect(statements.filter(({ Sid }) => Sid.endsWith('State'))).toEqual([]);
  });

  it('makes roles only within the boundary, and hands them only to services that run workloads', async () => {
    const statements = await ofDeploy();
    const writes = statements.filter(
      ({ Effect, Action }) =>
        Effect === 'Allow' && Action.some((action) => /^iam:(Create|Put|Attach)\w*Role/.test(action)),
    );
    expect(writes.length).toBeGreaterThan(0);
    for (const { Condition, Resource } of writes) {
      expect(Condition?.['StringEquals']?.['iam:PermissionsBoundary']).toBe(BOUNDARY);
      expect(Resource).toEqual(['arn:aws:iam::123456789012:role/plinth/*']);
    }
    const pass = statements.find(({ Action }) => Action.includes('iam:PassRole'));
    expect(pass?.Condition?.['StringEquals']?.['iam:PassedToService']).toContain('lambda.amazonaws.com');
  });

  it('changes neither itself nor the trail nor what the foundation keeps', async () => {
    const refusals = (await ofDeploy()).filter(({ Effect }) => Effect === 'Deny');
    expect(refusals.map(({ Sid }) => Sid)).toEqual([
      'NotDeliveryItself',
      'NotTheBoundaryNorPeople',
      'NotTheRecords',
      'NotWhatTheFoundationKeeps',
      'NoContents',
    ]);
    expect(refusals[0]?.Resource).toEqual([
      'arn:aws:iam::123456789012:role/plinth-delivery/*',
      'arn:aws:iam::123456789012:policy/plinth-delivery/*',
    ]);
  });

  it('calls what brings a schema up to date, and no other function', async () => {
    const calls = (await ofDeploy()).filter(({ Action }) =>
      Action.some((action) => action.startsWith('lambda:Invoke')),
    );
    expect(calls.map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:lambda:us-east-1:123456789012:function:migrate-*'],
    ]);
  });

  it('calls no model, one by one or in bulk', async () => {
    const allowed = (await ofDeploy()).filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
    expect(allowed.filter((action) => /^bedrock:(Invoke|Create\*|CreateModelInvocation)/.test(action))).toEqual([]);
  });

  it('fits the size AWS takes, names no whole service, and stays in its Regions', async () => {
    const resources = await roles();
    const policies = resources.filter(({ type }) => type === 'aws:iam/policy:Policy');
    expect(policies.length).toBeGreaterThan(1);
    for (const { inputs } of policies) {
      const document = String(inputs['policy']);
      expect(document.length).toBeLessThanOrEqual(MANAGED_POLICY_CHARACTERS);
      expect(document).not.toMatch(/"([a-z0-9-]+:)?\*",?[^}]*"Resource"/);
      expect(document).toContain('"aws:RequestedRegion":["us-east-1"]');
    }
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('uses the provider that is there, since AWS takes one an account', async () => {
    const resources = await roles({ providerArn: 'arn:aws:iam::123456789012:oidc-provider/there' });
    expect(resources.filter(({ type }) => type.endsWith(':OpenIdConnectProvider'))).toEqual([]);
  });

  it.each([
    ['a repository that is a pattern', { repository: 'acme/*' }, /owner\/name, with no pattern/],
    ['no environment', { environments: [] }, /at least one GitHub environment/],
    ['an environment that is a pattern', { environments: ['prod*'] }, /Name each environment in full/],
    ['a session longer than AWS has', { sessionMinutes: 1000 }, /60 to 720/],
  ])('refuses %s', async (_, change, message) => {
    await expect(roles(change)).rejects.toThrow(message);
  });
});

describe('boundedBy', () => {
  it('bounds every role below, and keeps it under the path of workloads', async () => {
    const resources = await registered(() => {
      const assumeRolePolicy = '{}';
      const parent = { transformations: [boundedBy(BOUNDARY)] };
      new aws.iam.Role('task', { assumeRolePolicy }, parent);
      new aws.iam.Role('own', { assumeRolePolicy, permissionsBoundary: 'arn:own', path: '/own/' }, parent);
    });
    expect(only(resources, 'aws:iam/role:Role', 'task').inputs).toMatchObject({
      permissionsBoundary: BOUNDARY,
      path: '/plinth/',
    });
    expect(only(resources, 'aws:iam/role:Role', 'own').inputs).toMatchObject({
      permissionsBoundary: 'arn:own',
      path: '/own/',
    });
  });
});

describe('the boundary to begin with', () => {
  const file = new URL('../../../../stacks/foundation/workload-boundary.json', import.meta.url);
  const { Statement } = JSON.parse(readFileSync(file, 'utf8')) as { Statement: { Action: string[] }[] };
  const actions = Statement.flatMap(({ Action }) => Action);

  it('fits, and lets no workload change identities, the trail, or invocation logging', () => {
    expect(JSON.stringify(Statement).length).toBeLessThan(MANAGED_POLICY_CHARACTERS);
    expect(actions.filter((action) => action.startsWith('iam:'))).toEqual([
      'iam:GetInstanceProfile',
      'iam:GetRole',
      'iam:PassRole',
    ]);
    expect(
      actions.filter((action) => /^(cloudtrail|organizations|account|\*)|:\*$|^bedrock:(Put|Delete)/.test(action)),
    ).toEqual([]);
  });
});
