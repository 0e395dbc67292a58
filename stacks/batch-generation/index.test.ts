import { join } from 'node:path';
import {
  BatchApiEnvironment,
  BatchDispatchEnvironment,
  BatchStepsEnvironment,
  BatchWorkerEnvironment,
  parseEnvironment,
} from '@plinth/contracts';
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
  imageRepositories: { vllm: '123456789012.dkr.ecr.us-east-1.amazonaws.com/plinth/vllm' },
};
const FUNCTION = 'aws:lambda/function:Function';
const PROJECT = 'plinth-batch-generation';

interface Options {
  change?: Record<string, string>;
  preview?: boolean;
}

type Deployed = { readonly resources: Registered[]; readonly exports: Record<string, unknown> };
const asTheyAre = new Map<Environment, Promise<Deployed>>();

/** An environment as its file has it is registered once, for all tests that only look. */
function batchGeneration(environment: Environment, options: Options = {}): Promise<Deployed> {
  if (Object.keys(options).length > 0) return register(environment, options);
  const known = asTheyAre.get(environment) ?? register(environment, {});
  asTheyAre.set(environment, known);
  return known;
}

async function register(environment: Environment, { change = {}, preview = false }: Options): Promise<Deployed> {
  vi.resetModules();
  const config = { ...stackSettings(join(import.meta.dirname, `Pulumi.${environment}.yaml`)), ...change };
  let exports: Record<string, unknown> = {};
  const resources = await registered(async () => (exports = await import('./index.ts')), {
    project: PROJECT,
    stack: environment,
    config,
    preview,
    stackOutputs: FOUNDATION,
  });
  return { resources, exports };
}

const variablesOf = (resources: readonly Registered[], name: string) =>
  (only(resources, FUNCTION, name).inputs['environment'] as { variables: Record<string, string> }).variables;
const containerOf = (resources: readonly Registered[]) =>
  JSON.parse(String(only(resources, 'aws:batch/jobDefinition:JobDefinition').inputs['containerProperties'])) as Record<
    string,
    unknown
  >;
const rolePolicy = (resources: readonly Registered[], name: string) =>
  statementsOf(resources).filter(({ resource }) => resource === `aws:iam/rolePolicy:RolePolicy ${name}`);

describe.each(ENVIRONMENTS)('batch generation in %s', (environment) => {
  it('carries the four tags on everything that takes tags', async () => {
    const taggable = (await batchGeneration(environment)).resources.filter(
      ({ type, estimated }) => takesTags(type) && estimated === undefined,
    );
    expect(taggable.length).toBeGreaterThan(25);
    for (const { type, name, inputs } of taggable)
      expect(inputs['tags'], `${type} ${name}`).toMatchObject({
        owner: 'content-team',
        environment,
        'cost-center': 'batch-generation',
        'data-class': expect.any(String),
      });
  });

  it('names no wildcard without a written reason', async () => {
    expect(unjustifiedWildcards((await batchGeneration(environment)).resources)).toEqual([]);
  });

  it('gives each function an environment that its own contract accepts', async () => {
    const { resources } = await batchGeneration(environment);
    const api = parseEnvironment(BatchApiEnvironment, variablesOf(resources, 'api'));
    expect(api.PLINTH_OIDC_ISSUER).toMatch(/^https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\//);
    for (const { engines } of api.PLINTH_CATALOG) expect(Object.keys(engines).length).toBeGreaterThan(0);
    expect(
      parseEnvironment(BatchDispatchEnvironment, variablesOf(resources, 'dispatch')).PLINTH_STATE_MACHINE_ARN,
    ).toBe(`arn:aws:states:us-east-1:123456789012:stateMachine:plinth-${environment}-batch`);
    const steps = parseEnvironment(BatchStepsEnvironment, variablesOf(resources, 'steps'));
    // Bedrock's guardrail is asked in dev; at volume, the local guard alone.
    expect(steps.PLINTH_GUARDRAIL?.version).toBe(environment === 'dev' ? '1' : undefined);
    expect(steps.PLINTH_ASYNC_ENDPOINT !== undefined).toBe(environment === 'production');
  });

  it('can be planned while nothing of it exists', async () => {
    expect((await batchGeneration(environment, { preview: true })).resources.length).toBeGreaterThan(80);
  });

  it('lets nobody delete from the audit trail', async () => {
    const { resources } = await batchGeneration(environment);
    const onAudit = statementsOf(resources).filter(({ Resource }) => Resource.some((arn) => arn.endsWith(':audit-id')));
    // The three functions, and the worker on Spot.
    expect(onAudit).toHaveLength(environment === 'dev' ? 3 : 4);
    for (const { Action } of onAudit) expect(Action).not.toContain('dynamodb:DeleteItem');
  });

  it('starts no machine until there is work', async () => {
    const { resources } = await batchGeneration(environment);
    const least = (type: string, read: (inputs: Registered['inputs']) => unknown) =>
      resources.filter((each) => each.type === type).map(({ inputs }) => read(inputs));
    const compute = (inputs: Registered['inputs']) =>
      (inputs['computeResources'] as { minVcpus: number; type: string } | undefined) ?? { minVcpus: -1, type: '' };
    for (const each of least('aws:batch/computeEnvironment:ComputeEnvironment', compute))
      expect(each).toMatchObject({ minVcpus: 0, type: 'SPOT' });
    for (const min of least('aws:appautoscaling/target:Target', (inputs) => inputs['minCapacity'])) expect(min).toBe(0);
  });

  it('takes from every role that could start another job, once the money is spent', async () => {
    const { resources } = await batchGeneration(environment);
    const { definition } = only(resources, 'aws:budgets/budgetAction:BudgetAction').inputs as unknown as {
      definition: { iamActionDefinition: { roles: string[] } };
    };
    const starts =
      /^(batch:SubmitJob|states:StartExecution|bedrock:CreateModelInvocationJob|sagemaker:(CreateTransformJob|InvokeEndpointAsync))$/;
    const starters = statementsOf(resources)
      .filter(({ resource, Effect, Action }) => {
        return (
          resource.startsWith('aws:iam/rolePolicy:') && Effect === 'Allow' && Action.some((each) => starts.test(each))
        );
      })
      .map(({ resource }) => `${resource.split(' ')[1] ?? ''}-id`);
    expect(starters.length).toBeGreaterThan(0);
    expect(definition.iamActionDefinition.roles).toEqual(expect.arrayContaining([...new Set(starters)]));
  });
});

describe('the engines', () => {
  const has = (resources: readonly Registered[], type: string) => resources.some((each) => each.type === type);

  it('are no more than those turned on: dev has Bedrock, and neither network nor machines', async () => {
    const { resources } = await batchGeneration('dev');
    for (const type of [
      'aws:batch/jobQueue:JobQueue',
      'aws:sagemaker/model:Model',
      'awsx:ec2:Vpc',
      'aws:ec2/securityGroup:SecurityGroup',
    ])
      expect(has(resources, type), type).toBe(false);
  });

  it('are all four in production, under the caps of its settings', async () => {
    const { resources } = await batchGeneration('production');
    expect(only(resources, 'aws:batch/computeEnvironment:ComputeEnvironment').inputs['computeResources']).toMatchObject(
      {
        maxVcpus: 512,
      },
    );
    expect(only(resources, 'aws:appautoscaling/target:Target').inputs['maxCapacity']).toBe(4);
    const [nova, qwen] = parseEnvironment(BatchStepsEnvironment, variablesOf(resources, 'steps')).PLINTH_CATALOG;
    expect(nova?.engines).toEqual({ bedrock: { input: 0.03, output: 0.12, modelId: 'amazon.nova-lite-v1:0' } });
    expect(Object.keys(qwen?.engines ?? {})).toEqual(['transform', 'async', 'spot']);
  });

  it('run our own weights from an image by digest, not as root, with the environment their worker asks for', async () => {
    const { resources } = await batchGeneration('production');
    const container = containerOf(resources);
    expect(container['image']).toMatch(/plinth\/vllm@sha256:[0-9a-f]{64}$/);
    expect(container).toMatchObject({ user: '65532', readonlyRootFilesystem: true, privileged: false });
    const variables = Object.fromEntries(
      (container['environment'] as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
    );
    expect(parseEnvironment(BatchWorkerEnvironment, variables)).toMatchObject({
      SERVED_MODEL_NAME: 'qwen3-8b',
      MAX_MODEL_LEN: 16_384,
      DRAIN_TIMEOUT_SECONDS: 100,
    });
  });

  it('see shards and parts, and never a file or a result of a tenant', async () => {
    const { resources } = await batchGeneration('production');
    const engines = statementsOf(resources).filter(({ resource }) =>
      /RolePolicy (bedrock-batches|spot|transform|batch-model|batch-async)$/.test(resource),
    );
    expect(engines.length).toBeGreaterThan(10);
    for (const { Resource } of engines)
      for (const arn of Resource) expect(arn).not.toMatch(/:s3:::[^/]+\/(files|results)\//);
  });
});

describe('the hours', () => {
  it('open and close the way from the queue, and leave what must be heard alone', async () => {
    const { resources } = await batchGeneration('staging');
    const mapping = (name: string) => only(resources, 'aws:lambda/eventSourceMapping:EventSourceMapping', name).inputs;
    expect(mapping('work')['enabled']).toBe(false);
    expect(mapping('control')['enabled']).toBe(true);
    const input = (name: string) =>
      JSON.parse(
        (only(resources, 'aws:scheduler/schedule:Schedule', name).inputs['target'] as { input: string }).input,
      ) as unknown;
    expect(input('nights-open')).toEqual({ Uuid: 'work-uuid', Enabled: true });
    expect(input('nights-close')).toEqual({ Uuid: 'work-uuid', Enabled: false });
    expect(rolePolicy(resources, 'nights-open').find(({ Sid }) => Sid === 'TurnWorkOnAndOff')?.Resource).toEqual([
      'arn:aws:lambda:us-east-1:123456789012:event-source-mapping:work-uuid',
    ]);
  });

  it('are no hours at all in dev: work is taken up as it comes', async () => {
    const { resources } = await batchGeneration('dev');
    expect(only(resources, 'aws:lambda/eventSourceMapping:EventSourceMapping', 'work').inputs['enabled']).toBe(true);
    expect(resources.filter(({ type }) => type === 'aws:scheduler/schedule:Schedule').map(({ name }) => name)).toEqual([
      'sweep',
    ]);
  });
});

describe('what is heard', () => {
  it('reaches the control queue from these two rules alone', async () => {
    const { resources } = await batchGeneration('production');
    const senders = statementsOf(resources).filter(({ Sid }) => Sid.startsWith('ServiceSends'));
    expect(senders.map(({ Condition }) => Condition?.['ArnEquals']?.['aws:SourceArn'])).toEqual([
      'arn:aws:cloudwatch:us-east-1:123456789012:runs-that-end-id',
      'arn:aws:cloudwatch:us-east-1:123456789012:spot-interruptions-id',
    ]);
  });

  it('has an alarm on every kind of trouble', async () => {
    const { resources } = await batchGeneration('production');
    const alarms = resources.filter(({ type }) => type.endsWith(':MetricAlarm')).map(({ name }) => name);
    expect(alarms).toEqual(
      expect.arrayContaining([
        'batch-work-age',
        'batch-work-dead-letters',
        'batch-control-dead-letters',
        'undelivered',
        'batch-workflow-errors',
        'batch-spot-interruptions',
        'batch-endpoint-backlog',
        'batch-service-guard-blocks',
        'batch-service-tokens',
      ]),
    );
  });
});

describe('batch generation', () => {
  it('exports what clients, the console and operators need', async () => {
    expect(Object.keys((await batchGeneration('production')).exports)).toEqual(
      expect.arrayContaining(
        'apiUrl userPoolId callersIssuer callersAudience stateMachineArn inputBucket outputBucket jobsTable noticeTopicArn dashboardUrl stopPolicyArn'.split(
          ' ',
        ),
      ),
    );
  });

  it('takes the tokens of another issuer, and then makes no pool', async () => {
    const { resources } = await batchGeneration('dev', {
      change: {
        [`${PROJECT}:callers`]: JSON.stringify({ kind: 'oidc', issuer: 'https://id.example.com/', audience: 'batch' }),
      },
    });
    expect(resources.some(({ type }) => type.startsWith('aws:cognito'))).toBe(false);
    expect(only(resources, 'aws:apigatewayv2/authorizer:Authorizer').inputs['jwtConfiguration']).toEqual({
      issuer: 'https://id.example.com/',
      audiences: ['batch'],
    });
  });
});

describe('a wrong configuration of batch generation', () => {
  const set = (key: string, value: unknown) => ({ change: { [`${PROJECT}:${key}`]: JSON.stringify(value) } });
  const weights = {
    id: 'own',
    source: {
      kind: 'weights',
      modelId: 'Qwen/Qwen3-8B',
      license: 'Apache-2.0',
      digest: 'a'.repeat(64),
      bucketName: 'weights',
      prefix: 'own/1',
    },
    contextTokens: 1000,
    maxPromptTokens: 500,
    maxCompletionTokens: 100,
    price: { spot: { input: 0, output: 0 } },
  };
  const nova = (change: object = {}) => ({
    ...weights,
    id: 'nova',
    source: { kind: 'foundation-model', modelId: 'amazon.nova-micro-v1:0' },
    price: { bedrock: { input: 1, output: 1 } },
    ...change,
  });
  const spot = {
    image: { kind: 'own', repository: 'registry/worker', digest: `sha256:${'b'.repeat(64)}` },
    instanceTypes: ['g6.xlarge'],
    maxVcpus: 8,
    job: { vcpus: 4, memoryMb: 14_000, timeoutMinutes: 60 },
    concurrentJobs: 2,
  };
  const network = { kind: 'private', zones: ['us-east-1a', 'us-east-1b'], nat: 'single' };

  it.each([
    ['no word on who checks', set('guardrail', {}), /guardrail\.kind/],
    ['no engine at all', set('engines', {}), /engines: turn on one engine at least/],
    [
      'machines without ground',
      set('engines', { bedrock: { concurrentJobs: 1 }, spot }),
      /network: spot run machines: say where/,
    ],
    ['machines without weights', set('engines', { spot }), /models: spot run weights of yours/],
    ['ground without machines', set('network', network), /network: no engine runs machines/],
    ['a model no engine runs', set('models', [nova(), weights]), /models\[1\]: no engine that is on runs it/],
    ['two models of our own', set('models', [weights, { ...weights, id: 'b' }]), /name one model of your own weights/],
    ['a model listed twice', set('models', [nova(), nova()]), /models\[1\]\.id: "nova" is listed twice/],
    [
      'an engine without its price',
      set('models', [nova({ price: {} })]),
      /price\.bedrock: say what a million tokens cost/,
    ],
    [
      'the price of an engine that cannot run it',
      set('models', [nova({ price: { bedrock: { input: 1, output: 1 }, spot: { input: 1, output: 1 } } })]),
      /price\.spot: spot does not run a model of this source/,
    ],
    [
      'a Region the profile does not serve',
      set('models', [
        nova({
          source: { kind: 'cross-region-profile', systemProfile: 'us.amazon.nova-lite-v1:0', regions: ['us-west-2'] },
        }),
      ]),
      /add us-east-1, or choose a profile/,
    ],
    [
      'an image by tag',
      set('engines', {
        spot: { ...spot, image: { kind: 'own', repository: 'registry/worker:latest', digest: 'latest' } },
      }),
      /digest: is no digest/,
    ],
    [
      'more jobs than the cap holds',
      set('engines', { spot: { ...spot, concurrentJobs: 3 } }),
      /concurrentJobs: .* is more than maxVcpus/,
    ],
    [
      'an EC2 type for SageMaker',
      set('engines', { transform: { instanceType: 'g6.xlarge', concurrentJobs: 1 } }),
      /begin with ml\./,
    ],
    [
      'shards below what Bedrock takes',
      set('files', { recordsPerShard: 10, maxRecords: 1000, inputDays: 1, outputDays: 1 }),
      /Bedrock takes 100 records/,
    ],
    [
      'an hour that is no time',
      set('windows', { hours: [{ name: 'night', open: '22:00', close: '06:00' }] }),
      /is no cron expression/,
    ],
    ['an unknown Region', { change: { 'aws:region': 'mars' } }, /aws:region: is not an AWS Region/],
    ['an unknown setting', set('engine', {}), /plinth-batch-generation:engine/],
  ])('is refused in words: %s', async (_, options, words) => {
    await expect(batchGeneration('dev', options)).rejects.toThrow(words);
  });

  it('is refused for a time zone that does not exist, before it is scheduled', async () => {
    await expect(
      batchGeneration(
        'staging',
        set('windows', {
          timeZone: 'Mars/Olympus',
          hours: [{ name: 'night', open: 'cron(0 20 ? * * *)', close: 'cron(0 6 ? * * *)' }],
        }),
      ),
    ).rejects.toThrow(/"Mars\/Olympus" is no time zone/);
  });
});
