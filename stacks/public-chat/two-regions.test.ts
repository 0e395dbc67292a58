import { join } from 'node:path';
import { ChatLambdaEnvironment, parseEnvironment } from '@plinth/contracts';
import {
  only,
  registered,
  stackSettings,
  statementsOf,
  takesTags,
  unjustifiedWildcards,
  valueOf,
  type Registered,
} from '@plinth/infra/testing';
import { beforeAll, describe, expect, it, vi } from 'vitest';

const [HOME, FURTHER] = ['us-east-1', 'eu-west-1'];
const EUROPE = ['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-3'];
const key = (region: string) => `arn:aws:kms:${region}:123456789012:key/data`;
const topic = (region: string) => `arn:aws:sns:${region}:123456789012:alerts`;
const certificate = (region: string) => `arn:aws:acm:${region}:123456789012:certificate/chat`;
const DOMAIN = {
  name: 'api.chat.example.com',
  zoneId: 'Z0123456789ABC',
  certificates: { [HOME]: certificate(HOME), [FURTHER]: certificate(FURTHER) },
};
const MODEL = {
  id: 'nova-lite',
  systemProfile: 'us.amazon.nova-lite-v1:0',
  regions: ['us-east-1', 'us-east-2', 'us-west-2'],
  furtherProfiles: [
    { systemProfile: 'eu.amazon.nova-lite-v1:0', regions: EUROPE, price: { input: 0.07, output: 0.28 } },
  ],
  contextTokens: 300_000,
  maxPromptTokens: 32_000,
  maxCompletionTokens: 4_096,
  price: { input: 0.06, output: 0.24 },
};

interface Change {
  regions?: string[];
  domain?: object | undefined;
  models?: object[];
  preview?: boolean;
}

async function twoRegions({ preview = false, ...change }: Change = {}) {
  vi.resetModules();
  const settings = { regions: [FURTHER], domain: DOMAIN, models: [MODEL], ...change };
  const config = {
    ...stackSettings(join(import.meta.dirname, 'Pulumi.staging.yaml')),
    ...Object.fromEntries(
      Object.entries(settings).flatMap(([name, value]) =>
        value === undefined ? [] : [[`plinth-public-chat:${name}`, JSON.stringify(value)] as const],
      ),
    ),
  };
  let exports: Record<string, unknown> = {};
  const resources = await registered(async () => (exports = await import('./index.ts')), {
    project: 'plinth-public-chat',
    stack: 'staging',
    config,
    preview,
    stackOutputs: (name) => {
      const region = name === `organization/plinth-foundation/${FURTHER}-staging` ? FURTHER : HOME;
      return { dataKeyArn: key(region), alertTopicArn: topic(region) };
    },
  });
  return { resources, exports };
}

describe('public chat in two Regions', () => {
  let resources: Registered[] = [];
  let exports: Record<string, unknown> = {};
  beforeAll(async () => ({ resources, exports } = await twoRegions()));
  const ofType = (type: string, region: string) =>
    resources.filter(
      (each) => /^aws:/.test(each.type) && each.type.endsWith(`:${type}`) && (each.region ?? HOME) === region,
    );
  const abroad = () => resources.filter(({ region, type }) => region === FURTHER && type.startsWith('aws:'));

  it('has everything near the caller in each, by the provider of that Region', () => {
    for (const region of [HOME, FURTHER])
      expect(
        ['WebAcl', 'RestApi', 'Function', 'Guardrail', 'InferenceProfile', 'Dashboard'].map(
          (type) => ofType(type, region).length,
        ),
        region,
      ).toEqual([1, 1, 1, 1, 1, 1]);
    expect(ofType('LogGroup', FURTHER)).toHaveLength(ofType('LogGroup', HOME).length);
    expect(ofType('MetricAlarm', FURTHER)).toHaveLength(ofType('MetricAlarm', HOME).length);
    const further = resources.filter(({ type, name }) => type.startsWith('aws:') && name.includes(FURTHER));
    expect(further.map(({ region }) => region)).toEqual(further.map(() => FURTHER));
    expect(abroad()).toHaveLength(further.length);
  });

  it('has people, budgets, conversations and the trail in the home Region alone', () => {
    for (const type of ['UserPool', 'Table', 'IdentityPool', 'Budget']) {
      expect(ofType(type, HOME).length, type).toBeGreaterThan(0);
      expect(ofType(type, FURTHER), type).toEqual([]);
    }
    expect(JSON.stringify(ofType('Table', HOME))).not.toContain('replica');
  });

  it('tells the further function where its stores are, and the one at home nothing', () => {
    const variables = (region: string) => {
      const [fn] = ofType('Function', region);
      return parseEnvironment(
        ChatLambdaEnvironment,
        (fn?.inputs['environment'] as { variables: Record<string, string> }).variables,
      );
    };
    const [home, further] = [variables(HOME), variables(FURTHER)];
    expect(home).not.toHaveProperty('PLINTH_STORES_REGION');
    expect(further).toMatchObject({
      PLINTH_STORES_REGION: HOME,
      PLINTH_LEDGER_TABLE: home.PLINTH_LEDGER_TABLE,
      PLINTH_OIDC_ISSUER: home.PLINTH_OIDC_ISSUER,
      PLINTH_OIDC_AUDIENCE: home.PLINTH_OIDC_AUDIENCE,
    });
    expect(further.PLINTH_OIDC_ISSUER).toContain(HOME);
  });

  it('calls each model by the profile of its part of the world, at the price of it, with the guardrail beside it', () => {
    const [profile] = ofType('InferenceProfile', FURTHER);
    expect(profile?.inputs['modelSource']).toEqual({
      copyFrom: `arn:aws:bedrock:${FURTHER}:123456789012:inference-profile/eu.amazon.nova-lite-v1:0`,
    });
    const [fn] = ofType('Function', FURTHER);
    const { variables } = fn?.inputs['environment'] as { variables: Record<string, string> };
    const [model] = parseEnvironment(ChatLambdaEnvironment, variables).PLINTH_CATALOG;
    expect(model).toMatchObject({
      id: 'nova-lite',
      price: { input: 0.07, output: 0.28 },
      target: { guardrail: { id: `guardrail-${FURTHER}-id`, version: '1' } },
    });
    expect(model?.target).toMatchObject({ modelId: expect.stringContaining(`:bedrock:${FURTHER}:`) as string });
  });

  it('lets the further function touch the tables and the key at home, and otherwise its own Region alone', () => {
    const granted = statementsOf(resources).filter(({ resource }) => resource.endsWith(` chat-${FURTHER}`));
    const through = (prefix: string) => granted.filter(({ Action }) => Action.every((name) => name.startsWith(prefix)));
    expect(through('dynamodb:')).toHaveLength(3);
    for (const { Resource } of through('dynamodb:'))
      for (const arn of Resource) expect(arn).toMatch(/^arn:aws:dynamodb:us-east-1:/);
    const [tables] = granted.filter(({ Sid }) => Sid === 'UseKeyThroughServices');
    expect(tables).toMatchObject({
      Resource: [key(HOME)],
      Condition: { StringEquals: { 'kms:ViaService': [`dynamodb.${HOME}.amazonaws.com`] } },
    });
    const models = through('bedrock:').flatMap(({ Resource }) => Resource);
    expect(models.length).toBeGreaterThan(3);
    for (const arn of models) expect(EUROPE).toContain(arn.split(':')[3]);
    for (const { Resource } of through('logs:')) expect(Resource[0]).toContain(`:${FURTHER}:`);
  });

  it('encrypts and alarms by the foundation of the same Region', () => {
    const [fn] = ofType('Function', FURTHER);
    expect(fn?.inputs['kmsKeyArn']).toBe(key(FURTHER));
    for (const { inputs } of ofType('LogGroup', FURTHER)) expect(inputs['kmsKeyId']).toBe(key(FURTHER));
    for (const { inputs } of ofType('MetricAlarm', FURTHER)) expect(inputs['alarmActions']).toEqual([topic(FURTHER)]);
    expect(JSON.stringify(abroad().filter(({ type }) => !type.endsWith(':RolePolicy')))).not.toContain(key(HOME));
  });

  it('asks in both for the same people and the same application keys', async () => {
    expect(only(resources, 'aws:apigateway/authorizer:Authorizer', `chat-${FURTHER}`).inputs['providerArns']).toEqual([
      expect.stringContaining(`:${HOME}:`),
    ]);
    const keys = await valueOf(exports['applicationKeys'] as Record<string, string>);
    const { inputs } = only(resources, 'aws:apigateway/apiKey:ApiKey', `chat-${FURTHER}-web`);
    expect(inputs['value']).toMatchObject({ value: keys['web'] });
  });

  it('answers to one name from the nearest Region that is well', async () => {
    const records = [HOME, FURTHER].flatMap((region) => ofType('Record', region));
    expect(records.map(({ inputs }) => [inputs['name'], inputs['setIdentifier']])).toEqual([
      [DOMAIN.name, HOME],
      [DOMAIN.name, FURTHER],
    ]);
    for (const region of [HOME, FURTHER]) {
      expect(ofType('DomainName', region)[0]?.inputs['regionalCertificateArn']).toBe(certificate(region));
      expect(ofType('HealthCheck', region)[0]?.inputs['cloudwatchAlarmRegion']).toBe(region);
    }
    expect(await valueOf(exports['apiUrl'])).toBe(`https://${DOMAIN.name}`);
    const urls = await valueOf(exports['apiUrls'] as Record<string, string>);
    expect(urls).toMatchObject({
      [HOME]: expect.stringContaining(`.${HOME}.`) as string,
      [FURTHER]: expect.stringContaining(`.${FURTHER}.`) as string,
    });
  });

  it('is tagged throughout, names no wildcard without a reason, and gives no two dashboards one name', () => {
    const taggable = abroad().filter(({ type }) => takesTags(type));
    expect(taggable.length).toBeGreaterThan(15);
    for (const { type, inputs } of taggable)
      expect(inputs['tags'], type).toMatchObject({ owner: 'chat-team', 'plinth-stack': 'public-chat' });
    expect(unjustifiedWildcards(resources)).toEqual([]);
    const dashboards = resources.flatMap(({ inputs }) => inputs['dashboardName'] ?? []);
    expect(new Set(dashboards).size).toBe(2);
  });

  it('keeps every resource of the home Region as it is without the other', async () => {
    const alone = await twoRegions({ regions: [], domain: undefined });
    const named = (list: readonly Registered[]) => new Set(list.map(({ type, name }) => `${type} ${name}`));
    const both = named(resources);
    expect([...named(alone.resources)].filter((each) => !both.has(each))).toEqual([]);
    expect([...named(alone.resources)].filter((each) => each.includes(HOME))).toEqual([]);
  });

  it('can be planned while nothing of it exists', async () => {
    expect((await twoRegions({ preview: true })).resources.length).toBeGreaterThan(140);
  });
});

describe('a wrong configuration of several Regions', () => {
  const { certificates } = DOMAIN;
  it.each<[string, Change, RegExp]>([
    ['a Region twice', { regions: [FURTHER, FURTHER] }, /regions\[1\]: eu-west-1 is listed twice/],
    ['the home Region as a further one', { regions: [HOME] }, /regions\[0\]: is aws:region already/],
    ['no Region at all', { regions: ['mars'] }, /regions\[0\]: is not an AWS Region/],
    ['no common name', { domain: undefined }, /domain: several Regions answer to one name/],
    [
      'a certificate missing',
      { domain: { ...DOMAIN, certificates: { [HOME]: certificate(HOME) } } },
      /domain\.certificates: add the certificate for api\.chat\.example\.com in eu-west-1/,
    ],
    [
      'a certificate of another Region',
      { domain: { ...DOMAIN, certificates: { ...certificates, [FURTHER]: certificate(HOME) } } },
      /certificates\.eu-west-1: is in us-east-1/,
    ],
    ['a certificate for nothing', { regions: [] }, /certificates\.eu-west-1: is no Region of this stack/],
    [
      'a model that does not reach a Region',
      { models: [{ ...MODEL, furtherProfiles: [] }] },
      /models\[0\]\.furtherProfiles: nova-lite is not reached in eu-west-1: .* such as eu\.amazon\.nova-lite-v1:0/,
    ],
  ])('is refused in words: %s', async (_, change, words) => {
    await expect(twoRegions(change)).rejects.toThrow(words);
  });
});
