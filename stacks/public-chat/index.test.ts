import { join } from 'node:path';
import { ChatLambdaEnvironment, ModelCatalog, parseEnvironment } from '@plinth/contracts';
import {
  only,
  registered,
  stackSettings,
  statementsOf,
  takesTags,
  unjustifiedWildcards,
  type Registered,
} from '@plinth/infra/testing';
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it, vi } from 'vitest';

const ENVIRONMENTS = ['dev', 'staging', 'production'] as const;
type Environment = (typeof ENVIRONMENTS)[number];
const FOUNDATION = {
  dataKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/data',
  alertTopicArn: 'arn:aws:sns:us-east-1:123456789012:alerts',
};
const FUNCTION = 'aws:lambda/function:Function';

interface Options {
  change?: Record<string, string>;
  preview?: boolean;
}

async function publicChat(environment: Environment, { change = {}, preview = false }: Options = {}) {
  vi.resetModules();
  const config = { ...stackSettings(join(import.meta.dirname, `Pulumi.${environment}.yaml`)), ...change };
  let exports: Record<string, unknown> = {};
  const resources = await registered(async () => (exports = await import('./index.ts')), {
    project: 'plinth-public-chat',
    stack: environment,
    config,
    preview,
    stackOutputs: FOUNDATION,
  });
  return { resources, exports };
}

function variablesOf(resources: readonly Registered[]): Record<string, string> {
  return (only(resources, FUNCTION).inputs['environment'] as { variables: Record<string, string> }).variables;
}

describe.each(ENVIRONMENTS)('public chat in %s', (environment) => {
  it('carries the four tags on everything that takes tags', async () => {
    const taggable = (await publicChat(environment)).resources.filter(({ type }) => takesTags(type));
    expect(taggable.length).toBeGreaterThan(15);
    for (const { type, inputs } of taggable)
      expect(inputs['tags'], type).toMatchObject({
        owner: 'chat-team',
        environment,
        'cost-center': 'public-chat',
        'data-class': expect.any(String),
      });
  });

  it('names no wildcard without a written reason', async () => {
    expect(unjustifiedWildcards((await publicChat(environment)).resources)).toEqual([]);
  });

  it('gives the function an environment that its own contract accepts', async () => {
    const environmentOf = parseEnvironment(
      ChatLambdaEnvironment,
      variablesOf((await publicChat(environment)).resources),
    );
    expect(environmentOf.PLINTH_OIDC_ISSUER).toMatch(/^https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\//);
    for (const { target } of environmentOf.PLINTH_CATALOG)
      expect(target).toMatchObject({ kind: 'bedrock', guardrail: { version: '1' } });
  });

  it('can be planned while nothing of it exists', async () => {
    expect((await publicChat(environment, { preview: true })).resources.length).toBeGreaterThan(70);
  });

  it('lets nobody call a model without the pinned guardrail', async () => {
    const calls = statementsOf((await publicChat(environment)).resources).filter(({ Action }) =>
      Action.some((action) => action.startsWith('bedrock:InvokeModel')),
    );
    expect(calls.length).toBeGreaterThan(0);
    for (const { Condition } of calls)
      expect(Condition?.['StringEquals']?.['bedrock:GuardrailIdentifier']).toMatch(/:guardrail\/guardrail-id:1$/);
  });

  it('lets nobody delete from the audit trail', async () => {
    const { resources } = await publicChat(environment);
    const onAudit = statementsOf(resources).filter(({ Resource }) => Resource.some((arn) => arn.endsWith(':audit-id')));
    expect(onAudit.flatMap(({ Action }) => Action)).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
    ]);
  });
});

describe('public chat', () => {
  it('keeps application keys secret, and puts no secret into the environment', async () => {
    const { resources, exports } = await publicChat('dev');
    expect(await pulumi.isSecret(exports['applicationKeys'] as pulumi.Output<unknown>)).toBe(true);
    for (const [name, value] of Object.entries(variablesOf(resources)))
      expect(`${name}=${value}`).not.toMatch(/secret|password|AKIA|api.?key/i);
  });

  it('exports what clients, the console and operators need', async () => {
    expect(Object.keys((await publicChat('dev')).exports)).toEqual(
      expect.arrayContaining(
        'apiUrl userPoolId userPoolClientId identityPoolId dashboardUrl ledgerTable recordsTable auditTable'.split(' '),
      ),
    );
  });

  it('opens direct model calls only where that is set, and then to streams alone', async () => {
    const roleOf = ({ resources }: { resources: Registered[] }) =>
      statementsOf(resources).filter(({ resource }) => resource === 'aws:iam/rolePolicy:RolePolicy browser');
    const allowed = new Set(roleOf(await publicChat('dev')).flatMap(({ Action }) => Action));
    expect([...allowed].sort()).toEqual([
      'bedrock:ApplyGuardrail',
      'bedrock:InvokeModelWithResponseStream',
      'kms:Decrypt',
    ]);
    expect(roleOf(await publicChat('production'))).toEqual([]);
  });

  it('protects tables and people outside dev', async () => {
    const guarded = ({ resources }: { resources: Registered[] }) => [
      ...new Set(
        resources
          .filter(({ type }) => type.endsWith(':Table'))
          .map(({ inputs }) => inputs['deletionProtectionEnabled']),
      ),
      only(resources, 'aws:cognito/userPool:UserPool').inputs['deletionProtection'],
    ];
    expect(guarded(await publicChat('dev'))).toEqual([false, 'INACTIVE']);
    expect(guarded(await publicChat('production'))).toEqual([true, 'ACTIVE']);
  });

  it('offers exactly the models configured, at the prices configured', async () => {
    const { resources } = await publicChat('production');
    const catalog = ModelCatalog.parse(JSON.parse(variablesOf(resources)['PLINTH_CATALOG'] ?? ''));
    expect(catalog.map(({ id, price }) => `${id} ${price.input}/${price.output}`)).toEqual([
      'nova-lite 0.06/0.24',
      'claude-haiku 1.1/5.5',
    ]);
    expect(resources.filter(({ type }) => type === 'aws:bedrock/inferenceProfile:InferenceProfile')).toHaveLength(2);
  });
});

describe('a wrong configuration of public chat', () => {
  const model = {
    id: 'nova',
    systemProfile: 'us.amazon.nova-lite-v1:0',
    regions: ['us-east-1'],
    contextTokens: 1000,
    maxPromptTokens: 500,
    maxCompletionTokens: 100,
    price: { input: 1, output: 1 },
  };
  const models = (...list: object[]) => ({ change: { 'plinth-public-chat:models': JSON.stringify(list) } });

  it.each([
    ['a model listed twice', models(model, model), /models\[1\]\.id: "nova" is listed twice/],
    ['no room for a completion', models({ ...model, maxPromptTokens: 1000 }), /maxPromptTokens: leave room/],
    [
      'a Region the profile does not serve',
      models({ ...model, regions: ['us-west-2'] }),
      /add us-east-1, or choose a profile/,
    ],
    ['a bare model id', models({ ...model, systemProfile: 'amazon.nova-lite-v1:0' }), /is not a cross-region profile/],
    ['an unknown Region', { change: { 'aws:region': 'mars' } }, /aws:region: is not an AWS Region/],
    [
      'a body WAF cannot see',
      { change: { 'plinth-public-chat:wall': '{"requestsPerMinutePerAddress":100,"maxBodyBytes":100000}' } },
      /maxBodyBytes/,
    ],
    ['an unknown setting', { change: { 'plinth-public-chat:wal': '{}' } }, /plinth-public-chat:wal/],
  ])('is refused in words: %s', async (_, options, words) => {
    await expect(publicChat('dev', options)).rejects.toThrow(words);
  });
});
