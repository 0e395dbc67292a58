import { join } from 'node:path';
import { EdgeModelEnvironment, EdgeServerEnvironment, EdgeSyncEnvironment, parseEnvironment } from '@plinth/contracts';
import {
  only,
  registered,
  stackSettings,
  statementsOf,
  takesTags,
  unjustifiedWildcards,
  type Registered,
} from '@plinth/infra/testing';
import { describe, expect, it, vi } from 'vitest';

const ENVIRONMENTS = ['dev', 'staging', 'production'] as const;
type Environment = (typeof ENVIRONMENTS)[number];
const FOUNDATION = {
  dataKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/data',
  alertTopicArn: 'arn:aws:sns:us-east-1:123456789012:alerts',
};
const SITES: Readonly<Record<Environment, readonly string[]>> = {
  dev: ['lab'],
  staging: ['miami'],
  production: ['plant', 'branch'],
};

interface Options {
  change?: Record<string, string>;
  preview?: boolean;
}

const asConfigured = new Map<Environment, ReturnType<typeof run>>();

/** Many tests look at an environment as it is configured: it is run for the first. */
function edge(environment: Environment, options?: Options): ReturnType<typeof run> {
  if (options !== undefined) return run(environment, options);
  const running = asConfigured.get(environment) ?? run(environment, {});
  asConfigured.set(environment, running);
  return running;
}

async function run(environment: Environment, { change = {}, preview = false }: Options) {
  vi.resetModules();
  const config = { ...stackSettings(join(import.meta.dirname, `Pulumi.${environment}.yaml`)), ...change };
  let exports: Record<string, unknown> = {};
  const resources = await registered(async () => (exports = await import('./index.ts')), {
    project: 'plinth-edge-outposts',
    stack: environment,
    config,
    preview,
    stackOutputs: FOUNDATION,
  });
  return { resources, exports };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { name: string; value: string }[];
  readonly environment?: readonly { name: string; value: string }[];
}

const variablesOf = ({ env, environment }: Container) =>
  Object.fromEntries([...(env ?? []), ...(environment ?? [])].map(({ name, value }) => [name, value]));

/** Tags of a resource. An Auto Scaling group lists them. */
function tagsOf({ tags }: Registered['inputs']): unknown {
  if (!Array.isArray(tags)) return tags;
  return Object.fromEntries((tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]));
}

/** Containers of every pod and task. */
function containersOf(resources: readonly Registered[]): Container[] {
  return resources.flatMap(({ type, inputs }): Container[] => {
    if (type === 'aws:ecs/taskDefinition:TaskDefinition')
      return JSON.parse(String(inputs['containerDefinitions'])) as Container[];
    if (!/^kubernetes:apps\/v1:/.test(type)) return [];
    const { template } = inputs['spec'] as unknown as { template: { spec: { containers: Container[] } } };
    return template.spec.containers;
  });
}

const gatewaysOf = (resources: readonly Registered[]) =>
  containersOf(resources)
    .filter(({ name }) => name === 'gateway')
    .map((gateway) => parseEnvironment(EdgeServerEnvironment, variablesOf(gateway)));

describe.each(ENVIRONMENTS)('the edge in %s', (environment) => {
  it('carries the four tags on everything that takes tags', async () => {
    const taggable = (await edge(environment)).resources.filter(({ type }) => takesTags(type));
    expect(taggable.length).toBeGreaterThan(15);
    for (const { type, inputs } of taggable)
      expect(tagsOf(inputs), type).toMatchObject({
        owner: 'edge-team',
        environment,
        'cost-center': 'edge',
        'data-class': expect.any(String),
      });
  });

  it('names no wildcard without a written reason', async () => {
    expect(unjustifiedWildcards((await edge(environment)).resources)).toEqual([]);
  });

  it('can be planned while nothing of it exists', async () => {
    expect((await edge(environment, { preview: true })).resources.length).toBeGreaterThan(60);
  });

  it('makes no long-lived key for anybody', async () => {
    const { resources } = await edge(environment);
    expect(resources.filter(({ type }) => /^aws:iam\/(user|accessKey)/.test(type))).toEqual([]);
    expect(JSON.stringify(containersOf(resources))).not.toMatch(/AWS_SECRET_ACCESS_KEY|AKIA|PRIVATE KEY/);
  });

  it('gives every gateway an environment that its own contract accepts', async () => {
    const gateways = gatewaysOf((await edge(environment)).resources);
    expect(gateways.map(({ PLINTH_SITE }) => PLINTH_SITE)).toEqual(SITES[environment]);
    for (const gateway of gateways) {
      expect(gateway.PLINTH_BUNDLES).toBe(`s3://bundles-id/sites/${gateway.PLINTH_SITE}/`);
      expect(gateway.PLINTH_SYNC_QUEUE).toContain(`reports-${gateway.PLINTH_SITE}`);
      const [own, ...central] = gateway.PLINTH_CATALOG;
      expect(own?.target.kind).toBe('openai');
      expect(central.length).toBeGreaterThan(0);
      for (const { target } of central) expect(target).toMatchObject({ kind: 'bedrock', guardrail: { version: '1' } });
    }
  });

  it('runs images by digest only', async () => {
    for (const { image } of containersOf((await edge(environment)).resources))
      expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  it('tells the sync function sites by their queues', async () => {
    const { resources } = await edge(environment);
    const { variables } = only(resources, 'aws:lambda/function:Function').inputs['environment'] as {
      variables: Record<string, string>;
    };
    const { PLINTH_SITES } = parseEnvironment(EdgeSyncEnvironment, variables);
    expect(Object.values(PLINTH_SITES)).toEqual(SITES[environment]);
    for (const [arn, site] of Object.entries(PLINTH_SITES)) expect(arn).toContain(`:reports-${site}`);
  });

  it('lets nobody call a model without the pinned guardrail', async () => {
    const calls = statementsOf((await edge(environment)).resources).filter(({ Action }) =>
      Action.some((action) => action.startsWith('bedrock:InvokeModel')),
    );
    expect(calls.length).toBeGreaterThan(0);
    for (const { Condition } of calls)
      expect(Condition?.['StringEquals']?.['bedrock:GuardrailIdentifier']).toMatch(/:guardrail\/guardrail-id:1$/);
  });

  it('lets a site fetch, call and report for itself alone', async () => {
    const statements = statementsOf((await edge(environment)).resources);
    for (const site of SITES[environment]) {
      const own = statements.filter(({ resource }) => new RegExp(`RolePolicy site-${site}(-task)?$`).test(resource));
      const actions = new Set(own.flatMap(({ Action }) => Action));
      expect([...actions].sort()).toEqual([
        'bedrock:ApplyGuardrail',
        'bedrock:InvokeModel',
        'bedrock:InvokeModelWithResponseStream',
        'kms:Decrypt',
        'kms:GenerateDataKey',
        's3:GetObject',
        's3:ListBucket',
        'sqs:SendMessage',
      ]);
      const queues = own.filter(({ Action }) => Action.includes('sqs:SendMessage')).flatMap(({ Resource }) => Resource);
      expect(queues).toEqual([expect.stringMatching(new RegExp(`:reports-${site}-id$`))]);
      const objects = own.filter(({ Action }) => Action.includes('s3:GetObject')).flatMap(({ Resource }) => Resource);
      expect(objects).toEqual([
        `arn:aws:s3:::bundles-id/sites/${site}/*`,
        expect.stringMatching(/^arn:aws:s3:::weights-id\/models\/[\w-]+\/\*$/),
      ]);
    }
  });

  it('calls somebody when a site is silent, waits too long, or runs on an old bundle', async () => {
    const alarms = (await edge(environment)).resources.filter(({ type }) => type.endsWith(':MetricAlarm'));
    for (const site of SITES[environment]) {
      expect(only(alarms, alarms[0]!.type, `edge-site-${site}-silent`).inputs).toMatchObject({
        metricName: 'Heartbeats',
        dimensions: { Site: site },
        comparisonOperator: 'LessThanThreshold',
        treatMissingData: 'breaching',
      });
      for (const what of ['outbox', 'bundle']) only(alarms, alarms[0]!.type, `edge-site-${site}-${what}`);
    }
  });
});

describe('the edge', () => {
  it('signs with a key that never leaves KMS, which only a publisher may use', async () => {
    const { resources } = await edge('production');
    expect(only(resources, 'aws:kms/key:Key', 'bundles').inputs).toMatchObject({
      keyUsage: 'SIGN_VERIFY',
      customerMasterKeySpec: 'ECC_NIST_EDWARDS25519',
    });
    const signs = statementsOf(resources).filter(({ Action }) => Action.includes('kms:Sign'));
    expect(signs.map(({ resource }) => resource)).toEqual(['aws:iam/policy:Policy publisher']);
  });

  it('locks published bundles in production', async () => {
    const lockOf = (resources: readonly Registered[]) =>
      resources
        .filter(({ type }) => type.endsWith(':BucketObjectLockConfiguration'))
        .map(({ inputs }) => inputs['rule']);
    expect(lockOf((await edge('production')).resources)).toEqual([
      { defaultRetention: { mode: 'GOVERNANCE', days: 90 } },
    ]);
    expect(lockOf((await edge('dev')).resources)).toEqual([]);
  });

  it('takes a site outside AWS by its certificate: one authority, one name', async () => {
    const { resources } = await edge('production');
    const trust = JSON.parse(
      String(only(resources, 'aws:iam/role:Role', 'site-branch').inputs['assumeRolePolicy']),
    ) as {
      Statement: { Condition: unknown }[];
    };
    expect(trust.Statement[0]?.Condition).toEqual({
      StringEquals: { 'aws:PrincipalTag/x509Subject/CN': 'branch' },
      ArnEquals: { 'aws:SourceArn': expect.stringContaining('sites-id') },
    });
    const profiles = resources.filter(({ type }) => type === 'aws:rolesanywhere/profile:Profile');
    expect(profiles.map(({ name }) => name)).toEqual(['site-branch']);
  });

  it('gives pods on an Outpost their role by Pod Identity, the gateway and the model one each', async () => {
    const { resources } = await edge('production');
    const bound = resources.filter(({ type }) => type.endsWith(':PodIdentityAssociation')).map(({ inputs }) => inputs);
    expect(
      bound.map(({ namespace, serviceAccount }) => `${String(namespace)}/${String(serviceAccount)}`).sort(),
    ).toEqual(['plinth-edge-model/model', 'plinth-edge/edge']);
  });

  it('gives a model on CPUs an environment that its own contract accepts', async () => {
    const { resources } = await edge('dev');
    const [model] = containersOf(resources).filter(({ name }) => name === 'model');
    expect(parseEnvironment(EdgeModelEnvironment, variablesOf(model!))).toMatchObject({
      PLINTH_MODEL: 'smollm2-135m-instruct',
      PLINTH_CONTEXT_TOKENS: 2048,
    });
  });

  it('admits the gateway to the model of a Local Zone, and its callers to the gateway', async () => {
    const { resources } = await edge('staging');
    const rules = resources.filter(
      ({ type, inputs }) => type.endsWith(':SecurityGroupIngressRule') && inputs['fromPort'] === 443,
    );
    expect(
      rules.map(({ inputs }) => [inputs['securityGroupId'], inputs['cidrIpv4'] ?? inputs['referencedSecurityGroupId']]),
    ).toEqual([
      ['site-miami-id', '10.20.0.0/16'],
      ['site-miami-model-id', 'site-miami-id'],
    ]);
  });

  it('begins without sites, so that images can be pushed first', async () => {
    const { resources } = await edge('dev', { change: { 'plinth-edge-outposts:sites': '[]' } });
    expect(resources.filter(({ type }) => type.startsWith('kubernetes:'))).toEqual([]);
    expect(resources.filter(({ type }) => type === 'aws:ecr/repository:Repository')).toHaveLength(2);
  });

  it('exports what sites, publishers and the console need', async () => {
    const { exports } = await edge('dev');
    expect(Object.keys(exports)).toEqual(
      expect.arrayContaining(
        'siteUrls bundleBucket bundlePublicKey bundlePublisherPolicyArn imageRepositories ledgerTable auditTable'.split(
          ' ',
        ),
      ),
    );
  });
});

describe('an Outpost with ECS', () => {
  const site = {
    kind: 'outposts-ecs',
    name: 'mine',
    outpostArn: 'arn:aws:outposts:us-east-1:123456789012:outpost/op-0123456789abcdef0',
    zone: 'us-east-1a',
    localGateway: { localGatewayId: 'lgw-0123456789abcdef0', siteCidrBlocks: ['192.168.0.0/16'] },
    vpc: { vpcId: 'vpc-0123456789abcdef0', subnetCidr: '10.40.0.0/24' },
    hostName: 'edge.mine.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1',
    hostedZoneId: 'Z1',
    callers: { mine: '192.168.0.0/16' },
    model: {
      kind: 'vllm',
      name: 'mistral',
      digest: 'c'.repeat(64),
      contextTokens: 4096,
      maxPromptTokens: 3072,
      maxCompletionTokens: 512,
      instanceType: 'g4dn.xlarge',
      memoryMb: 12_288,
      volumeType: 'gp2',
    },
  };

  it('puts subnet, instances and both services on the rack', async () => {
    const { resources } = await edge('staging', { change: { 'plinth-edge-outposts:sites': JSON.stringify([site]) } });
    expect(only(resources, 'aws:ec2/subnet:Subnet').inputs).toMatchObject({ outpostArn: site.outpostArn });
    expect(JSON.stringify(only(resources, 'aws:ec2/launchTemplate:LaunchTemplate').inputs)).toContain('"gp2"');
    const gateway = only(resources, 'aws:ecs/service:Service', 'site-mine').inputs;
    expect(gateway).toMatchObject({
      launchType: 'EC2',
      desiredCount: 1,
      // Ledger and outbox have one writer: the old container ends before the new one starts.
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
    });
    only(resources, 'aws:cloudwatch/metricAlarm:MetricAlarm', 'edge-mine-link');
  });
});

describe('a wrong configuration of the edge', () => {
  const settings = (environment: Environment) =>
    JSON.parse(
      stackSettings(join(import.meta.dirname, `Pulumi.${environment}.yaml`))['plinth-edge-outposts:sites'] ?? '',
    ) as Record<string, unknown>[];
  const sites = (...list: object[]) => ({ change: { 'plinth-edge-outposts:sites': JSON.stringify(list) } });
  const [lab] = settings('dev');
  const [plant] = settings('production');
  const [miami] = settings('staging');
  const model = (change: object) => ({ ...lab, model: { ...(lab!['model'] as object), ...change } });

  it.each<[string, Options, RegExp]>([
    ['a site listed twice', sites(lab!, lab!), /sites\[1\]\.name: "lab" is listed twice/],
    ['no room for a completion', sites(model({ maxPromptTokens: 2048 })), /leave room for a completion/],
    [
      'a model of the site named as one of the centre',
      sites(model({ name: 'nova-micro' })),
      /could not tell them apart/,
    ],
    ['egress to everywhere', sites({ ...lab, awsRanges: ['0.0.0.0/0'] }), /awsRanges\[0\]: name a range/],
    ['settings of another kind of site', sites({ ...lab, outpostArn: plant!['outpostArn'] }), /outpostArn/],
    ['a zone that is no Local Zone', sites({ ...miami, zone: 'us-east-1a' }), /is no Local Zone/],
    ['vLLM without its image', sites(miami!), /images\.vllm: set the digest/],
    ['sites without an image', { change: { 'plinth-edge-outposts:images': '{}' } }, /images\.edge: set the digest/],
    ['an image by tag', { change: { 'plinth-edge-outposts:images': '{"edge":"latest"}' } }, /is no digest/],
    ['a certificate nobody issues', { change: { 'plinth-edge-outposts:authority': '' } }, /authority/],
    [
      'weights that a certificate cannot fetch',
      sites({ ...plant, identity: { kind: 'certificate' } }),
      /weights: set a claim/,
    ],
    [
      'a lock that outlives its objects',
      { change: { 'plinth-edge-outposts:bundles': '{"keptDays":30,"lock":{"mode":"governance","retentionDays":60}}' } },
      /keptDays: set it to lock\.retentionDays/,
    ],
    ['an unknown Region', { change: { 'aws:region': 'mars' } }, /aws:region: is not an AWS Region/],
    ['an unknown setting', { change: { 'plinth-edge-outposts:site': '[]' } }, /plinth-edge-outposts:site/],
  ])('is refused in words: %s', async (_, options, words) => {
    await expect(edge('dev', options)).rejects.toThrow(words);
  });
});
