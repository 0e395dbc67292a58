import { join } from 'node:path';
import {
  IngestLambdaEnvironment,
  MigrateLambdaEnvironment,
  parseEnvironment,
  RagLambdaEnvironment,
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
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it, vi } from 'vitest';

const ENVIRONMENTS = ['dev', 'staging', 'production'] as const;
type Environment = (typeof ENVIRONMENTS)[number];
const FOUNDATION = {
  dataKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/data',
  alertTopicArn: 'arn:aws:sns:us-east-1:123456789012:alerts',
};
const FUNCTION = 'aws:lambda/function:Function';
const ENDPOINT = 'aws:ec2/vpcEndpoint:VpcEndpoint';
const PROJECT = 'plinth-enterprise-rag';

interface Options {
  /** Settings in place of those of the file, by their name without the project. */
  change?: Record<string, unknown>;
  preview?: boolean;
}

type Stack = Awaited<ReturnType<typeof run>>;
const runs = new Map<string, Promise<Stack>>();

/** The stack of an environment: run once for all tests that ask for the same. */
function enterpriseRag(environment: Environment, options: Options = {}): Promise<Stack> {
  const key = JSON.stringify([environment, options]);
  const known = runs.get(key) ?? run(environment, options);
  runs.set(key, known);
  return known;
}

async function run(environment: Environment, { change = {}, preview = false }: Options) {
  vi.resetModules();
  const config = stackSettings(join(import.meta.dirname, `Pulumi.${environment}.yaml`));
  for (const [name, value] of Object.entries(change))
    config[name.includes(':') ? name : `${PROJECT}:${name}`] =
      typeof value === 'string' ? value : JSON.stringify(value);
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

const DIGEST = 'a'.repeat(64);
const ZEROS = `sha256:${'0'.repeat(64)}`;
const EMBEDDER = {
  weights: { bucketName: 'plinth-models-example', prefix: 'minilm/1/' },
  card: { modelId: 'sentence-transformers/all-MiniLM-L6-v2', license: 'Apache-2.0', digest: ZEROS },
  image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/plinth/embedder:1',
  dimensions: 384,
};
const ECS = {
  kind: 'ecs',
  image: `123456789012.dkr.ecr.us-east-1.amazonaws.com/plinth/vllm@sha256:${DIGEST}`,
  weights: { bucketName: 'plinth-models-example', prefix: 'qwen3-8b/1/', digest: DIGEST },
  instanceTypes: ['g6.xlarge', 'g5.xlarge'],
  memoryMb: 12_288,
  scaling: { min: 1, max: 2 },
  hostName: 'generator.internal.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/c',
};
const aurora = (embedding: object, change: object = {}) => ({
  kind: 'aurora',
  capacity: { mode: 'pauses', max: 2 },
  instances: 1,
  embedding,
  ...change,
});
const ON_INSTANCES = {
  ...EMBEDDER,
  kind: 'sagemaker',
  instanceType: 'ml.c5.xlarge',
  scaling: { min: 2, max: 4 },
};
const INTERNAL = { owner: 'a', environment: 'dev', 'cost-center': 'a', 'data-class': 'internal' };

/** Every shape the settings can take, beside the three environments. */
const SHAPES: readonly (readonly [name: string, environment: Environment, change: Record<string, unknown>])[] = [
  ...ENVIRONMENTS.map((environment) => [environment, environment, {}] as const),
  ['a generator on ECS', 'dev', { inference: ECS }],
  ['a knowledge base', 'dev', { retriever: { kind: 'knowledge-base' } }],
  ['a reranker', 'dev', { retriever: aurora({ kind: 'bedrock' }, { reranker: 'cohere.rerank-v3-5:0' }) }],
  ['embeddings on instances', 'dev', { retriever: aurora(ON_INSTANCES) }],
  [
    'serverless embeddings',
    'dev',
    { tags: INTERNAL, retriever: aurora({ ...EMBEDDER, kind: 'sagemaker-serverless' }) },
  ],
  [
    'sign-in at the company',
    'dev',
    {
      signIn: {
        kind: 'oidc',
        callbackUrls: ['https://ask.example.com/'],
        issuer: 'https://login.example.com',
        clientId: 'rag',
        clientSecret: 'hunter2',
      },
    },
  ],
];

const ofType = (resources: readonly Registered[], type: string) => resources.filter((each) => each.type === type);

function variablesOf(resources: readonly Registered[], name: string): Record<string, string> {
  return (only(resources, FUNCTION, name).inputs['environment'] as { variables: Record<string, string> }).variables;
}

/** Scaling groups have a list of tags, everything else a map. */
function tagsOf({ tags }: Registered['inputs']): unknown {
  return Array.isArray(tags)
    ? Object.fromEntries((tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]))
    : tags;
}

/** What the functions' roles are allowed, as `action` and the statement it stands in. */
function allowedTo(resources: readonly Registered[], ...functions: string[]) {
  return statementsOf(resources)
    .filter(({ resource, Effect }) =>
      functions.some((name) => resource === `aws:iam/rolePolicy:RolePolicy ${name}` && Effect === 'Allow'),
    )
    .flatMap((statement) => statement.Action.map((action) => ({ action, statement })));
}

describe.each(SHAPES)('enterprise RAG with %s', (_, environment, change) => {
  const stack = (preview = false) => enterpriseRag(environment, { change, preview });

  it('has no road to the internet: no gateway of any kind, no route, no public address', async () => {
    const { resources } = await stack();
    const roads =
      /^aws:ec2(transitgateway|clientvpn)?\/(internetGateway|egressOnlyInternetGateway|natGateway|route:route|vpnGateway|vpnConnection|vpcPeeringConnection|vpcAttachment|transitGateway|eip|carrierGateway)/i;
    expect(resources.filter(({ type }) => roads.test(type))).toEqual([]);
    const tables = ofType(resources, 'aws:ec2/routeTable:RouteTable');
    expect(tables).toHaveLength(1);
    expect(tables[0]?.inputs).not.toHaveProperty('routes');
    const subnets = ofType(resources, 'aws:ec2/subnet:Subnet');
    const own = ofType(resources, 'aws:ec2/routeTableAssociation:RouteTableAssociation');
    expect(own.map(({ inputs }) => inputs['routeTableId'])).toEqual(subnets.map(() => `${tables[0]?.name}-id`));
    for (const { inputs } of subnets) expect(inputs['mapPublicIpOnLaunch']).toBe(false);
    for (const { inputs } of ofType(resources, 'aws:ec2/securityGroup:SecurityGroup'))
      expect(inputs).not.toHaveProperty('egress');
  });

  it('puts every function, model and database into that network', async () => {
    const { resources } = await stack();
    const subnets = ofType(resources, 'aws:ec2/subnet:Subnet').map(({ name }) => `${name}-id`);
    const placed = [
      ...ofType(resources, FUNCTION).map(({ inputs }) => (inputs['vpcConfig'] as { subnetIds: string[] }).subnetIds),
      ...ofType(resources, 'aws:rds/subnetGroup:SubnetGroup').map(({ inputs }) => inputs['subnetIds']),
      ...ofType(resources, 'aws:sagemaker/model:Model')
        .filter(({ inputs }) => inputs['enableNetworkIsolation'] === true)
        .map(({ inputs }) => (inputs['vpcConfig'] as { subnets: string[] }).subnets),
    ];
    expect(placed.length).toBeGreaterThanOrEqual(2);
    for (const ids of placed) expect(ids).toEqual(subnets);
  });

  it('has a VPC endpoint that lets through every call its functions may make', async () => {
    const { resources } = await stack();
    // Not calls of the code: Lambda makes interfaces and polls queues from its own network, and a database password is signed locally.
    const NEVER_CALLED = /^(ec2|sqs|rds-db):/;
    const open = new Set(
      statementsOf(ofType(resources, ENDPOINT))
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap(({ Action }) => Action),
    );
    const needed = allowedTo(resources, 'query', 'ingest', 'migrate').map(({ action }) => action);
    expect(needed.length).toBeGreaterThan(15);
    expect([...new Set(needed)].filter((action) => !NEVER_CALLED.test(action) && !open.has(action))).toEqual([]);
    for (const { inputs } of ofType(resources, ENDPOINT))
      expect(inputs['vpcEndpointType'] === 'Gateway' || inputs['privateDnsEnabled']).toBe(true);
  });

  it('is asked through the named VPC endpoints alone, and by people with a token alone', async () => {
    const { resources } = await stack();
    const { endpointConfiguration } = only(resources, 'aws:apigateway/restApi:RestApi').inputs;
    expect(endpointConfiguration).toMatchObject({ types: 'PRIVATE' });
    const refusal = statementsOf(resources).find(({ Sid }) => Sid === 'OnlyThroughTheseEndpoints');
    expect(refusal?.Condition?.['StringNotEquals']).toEqual({
      'aws:SourceVpce': (endpointConfiguration as { vpcEndpointIds: string[] }).vpcEndpointIds,
    });
    const methods = ofType(resources, 'aws:apigateway/method:Method').map(
      ({ inputs }) => `${String(inputs['httpMethod'])} ${String(inputs['authorization'])}`,
    );
    // The preflight alone asks for nothing: browsers send no token with it, and it reaches no code.
    expect(methods.sort()).toEqual(['ANY COGNITO_USER_POOLS', 'OPTIONS NONE']);
    for (const type of ['aws:lambda/functionUrl:FunctionUrl', 'aws:apigatewayv2/api:Api'])
      expect(ofType(resources, type)).toEqual([]);
  });

  it('carries the four tags on everything that takes tags', async () => {
    const taggable = (await stack()).resources.filter(({ type }) => takesTags(type));
    expect(taggable.length).toBeGreaterThan(40);
    for (const { type, inputs } of taggable)
      expect(tagsOf(inputs), type).toMatchObject({
        owner: expect.any(String),
        environment,
        'cost-center': expect.any(String),
        'data-class': change['tags'] === INTERNAL ? 'internal' : 'restricted',
      });
  });

  it('names no wildcard without a written reason', async () => {
    expect(unjustifiedWildcards((await stack()).resources)).toEqual([]);
  });

  it('gives both functions environments that their own contracts accept', async () => {
    const { resources } = await stack();
    const query = parseEnvironment(RagLambdaEnvironment, variablesOf(resources, 'query'));
    const ingest = parseEnvironment(IngestLambdaEnvironment, variablesOf(resources, 'ingest'));
    expect(query.PLINTH_GUARDRAIL).toEqual({ id: 'guardrail-id', version: '1' });
    expect(query.PLINTH_INDEX.kind).toBe(ingest.PLINTH_INDEX.kind);
    expect(query.PLINTH_DOCUMENTS).toEqual(ingest.PLINTH_DOCUMENTS);
  });

  it('keeps what Lambda takes as environment: four kilobytes, and no secret', async () => {
    const { resources } = await stack();
    for (const { name } of ofType(resources, FUNCTION)) {
      const { PLINTH_DATABASE_SECRET: secretArn, ...variables } = variablesOf(resources, name);
      expect(secretArn ?? 'arn:').toMatch(/^arn:/);
      const text = JSON.stringify(variables);
      expect(text.length).toBeLessThan(4_096);
      expect(text).not.toMatch(/secret|hunter2|AKIA|masterUser/i);
    }
  });

  it('can be planned while nothing of it exists', async () => {
    expect((await stack(true)).resources.length).toBeGreaterThan(90);
  });
});

describe('what the functions of enterprise RAG may do', () => {
  it('is to sign in to the index each as a user of its own, and nobody else may connect', async () => {
    const { resources } = await enterpriseRag('dev');
    const users = (name: string) =>
      allowedTo(resources, name)
        .filter(({ action }) => action === 'rds-db:connect')
        .map(({ statement }) => statement.Resource.map((arn) => arn.split('/').at(-1)));
    expect(users('query')).toEqual([['rag_reader'], ['rag_monitor']]);
    expect([users('ingest'), users('migrate')]).toEqual([[['rag_writer']], []]);
    const admitted = resources.filter(
      ({ type, inputs }) => type.endsWith(':SecurityGroupIngressRule') && inputs['fromPort'] === 5432,
    );
    expect(admitted.map(({ inputs }) => inputs['referencedSecurityGroupId']).sort()).toEqual(['ingest-id', 'query-id']);
  });

  it('is to sign in as the owner of the tables for migrations alone, by a password that nothing else may read', async () => {
    const { resources } = await enterpriseRag('production');
    const readers = statementsOf(resources).filter(
      ({ Action, resource }) => Action.includes('secretsmanager:GetSecretValue') && resource.includes('rolePolicy'),
    );
    expect(readers.map(({ resource }) => resource)).toEqual(['aws:iam/rolePolicy:RolePolicy migrate']);
    expect(
      allowedTo(resources, 'migrate').filter(({ action }) => /^(s3|dynamodb|bedrock|sagemaker|sqs):/.test(action)),
    ).toEqual([]);
    expect(only(resources, 'aws:rds/cluster:Cluster').inputs['enableHttpEndpoint']).toBe(false);
  });

  it('is to rerank by the model that is set, and by no other', async () => {
    const retriever = aurora({ kind: 'bedrock' }, { reranker: 'cohere.rerank-v3-5:0' });
    const { resources } = await enterpriseRag('dev', { change: { retriever } });
    const { PLINTH_RERANKER } = parseEnvironment(RagLambdaEnvironment, variablesOf(resources, 'query'));
    expect(PLINTH_RERANKER?.modelArn).toBe('arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0');
    const invoked = allowedTo(resources, 'query').filter(({ statement }) => statement.Sid === 'JudgePassages');
    expect(invoked.map(({ statement }) => statement.Resource)).toEqual([[PLINTH_RERANKER?.modelArn]]);
    expect(allowedTo(resources, 'query').map(({ action }) => action)).toContain('bedrock:Rerank');
    expect(allowedTo((await enterpriseRag('dev')).resources, 'query').map(({ action }) => action)).not.toContain(
      'bedrock:Rerank',
    );
  });

  it('is to read documents and never to change or delete them', async () => {
    const { resources } = await enterpriseRag('production');
    const onObjects = allowedTo(resources, 'query', 'ingest').filter(({ action }) => action.startsWith('s3:'));
    expect([...new Set(onObjects.map(({ action }) => action))].sort()).toEqual(['s3:GetObject', 's3:ListBucket']);
    for (const { statement } of onObjects)
      expect(statement.Resource.join()).toMatch(/:::documents-id(\/documents\/\*)?$/);
  });

  it('is to call a model with the pinned guardrail alone, except for one that only embeds', async () => {
    const calls = allowedTo((await enterpriseRag('dev')).resources, 'query', 'ingest').filter(({ action }) =>
      action.startsWith('bedrock:InvokeModel'),
    );
    expect(calls.length).toBeGreaterThan(2);
    for (const { statement } of calls)
      if (!/titan-embed-text-v2:0$/.test(statement.Resource.join()))
        expect(statement.Condition?.['StringEquals']?.['bedrock:GuardrailIdentifier']).toMatch(/guardrail-id:1$/);
  });

  it('is never to delete from the audit trail', async () => {
    const { resources } = await enterpriseRag('production');
    const onAudit = statementsOf(resources).filter(({ Resource }) => Resource.some((arn) => arn.endsWith(':audit-id')));
    expect(onAudit).toHaveLength(2);
    expect(onAudit.flatMap(({ Action }) => Action)).not.toContain('dynamodb:DeleteItem');
  });
});

describe('enterprise RAG', () => {
  it('hears of documents that come, go or expire, works on them a few at a time, and keeps what it cannot do', async () => {
    const { resources } = await enterpriseRag('dev');
    expect(only(resources, 'aws:s3/bucketNotification:BucketNotification').inputs['queues']).toMatchObject([
      {
        filterPrefix: 'documents/',
        events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:LifecycleExpiration:*'],
      },
    ]);
    expect(only(resources, 'aws:lambda/eventSourceMapping:EventSourceMapping').inputs).toMatchObject({
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: 2 },
    });
    const { timeout, reservedConcurrentExecutions } = only(resources, FUNCTION, 'ingest').inputs;
    const { visibilityTimeoutSeconds, redrivePolicy } = only(resources, 'aws:sqs/queue:Queue', 'changes').inputs;
    expect(visibilityTimeoutSeconds).toBe(6 * Number(timeout));
    expect(reservedConcurrentExecutions).toBe(2);
    expect(JSON.parse(String(redrivePolicy))).toMatchObject({ maxReceiveCount: 5 });
  });

  it('makes its tables while it is deployed, anew when the migrations are others, before the code that counts on them', async () => {
    const { resources } = await enterpriseRag('dev');
    const { inputs } = only(resources, 'aws:lambda/invocation:Invocation');
    expect(inputs['triggers']).toEqual({ migrations: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(JSON.parse(String(inputs['input']))).toEqual(inputs['triggers']);
    const migrate = parseEnvironment(MigrateLambdaEnvironment, variablesOf(resources, 'migrate'));
    const query = parseEnvironment(RagLambdaEnvironment, variablesOf(resources, 'query'));
    const index = query.PLINTH_INDEX as Extract<typeof query.PLINTH_INDEX, { kind: 'aurora' }>;
    expect(migrate.PLINTH_EMBEDDING).toEqual(index.embedding);
    expect(migrate.PLINTH_DATABASE).toEqual({ ...index.database, user: 'plinth_master' });
    const order = resources.map(({ type, name }) => `${type} ${name}`);
    const at = (of: string) => order.indexOf(of);
    expect(at('aws:lambda/invocation:Invocation migrate')).toBeGreaterThan(
      at('aws:rds/clusterInstance:ClusterInstance index-1'),
    );
    for (const name of ['query', 'ingest'])
      expect(at(`${FUNCTION} ${name}`)).toBeGreaterThan(at('aws:lambda/invocation:Invocation migrate'));
    const base = await enterpriseRag('dev', { change: { retriever: { kind: 'knowledge-base' } } });
    expect(ofType(base.resources, 'aws:lambda/invocation:Invocation')).toEqual([]);
  });

  it('checks answers against their sources', async () => {
    const { contextualGroundingPolicyConfig } = only(
      (await enterpriseRag('production')).resources,
      'aws:bedrock/guardrail:Guardrail',
    ).inputs;
    expect(contextualGroundingPolicyConfig).toEqual({
      filtersConfigs: [
        { type: 'GROUNDING', threshold: 0.7 },
        { type: 'RELEVANCE', threshold: 0.5 },
      ],
    });
  });

  it('runs its model on two instances or more in production, fewer at night, and keeps a sample for the monitor', async () => {
    const { resources } = await enterpriseRag('production');
    const configuration = only(resources, 'aws:sagemaker/endpointConfiguration:EndpointConfiguration').inputs;
    expect(configuration['productionVariants']).toMatchObject([{ initialInstanceCount: 2 }]);
    expect(configuration['dataCaptureConfig']).toMatchObject({ enableCapture: true, initialSamplingPercentage: 5 });
    expect(only(resources, 'aws:appautoscaling/target:Target').inputs).toMatchObject({
      minCapacity: 2,
      maxCapacity: 6,
    });
    const hours = ofType(resources, 'aws:appautoscaling/scheduledAction:ScheduledAction');
    expect(hours.map(({ inputs }) => inputs['scalableTargetAction'])).toEqual([
      { minCapacity: 2, maxCapacity: 3 },
      { minCapacity: 2, maxCapacity: 6 },
    ]);
    only(resources, 'aws:sagemaker/monitoringSchedule:MonitoringSchedule');
    only(resources, 'aws:sagemaker/modelPackageGroup:ModelPackageGroup');
  });

  it('has nothing running in dev that costs by the hour, but VPC endpoints in one zone', async () => {
    const { resources } = await enterpriseRag('dev');
    expect(ofType(resources, 'aws:sagemaker/endpoint:Endpoint')).toEqual([]);
    expect(only(resources, 'aws:rds/cluster:Cluster').inputs['serverlessv2ScalingConfiguration']).toMatchObject({
      minCapacity: 0,
    });
    for (const { inputs } of ofType(resources, ENDPOINT))
      if (inputs['vpcEndpointType'] === 'Interface') expect(inputs['subnetIds']).toHaveLength(1);
  });

  it('protects tables, people and the index outside dev', async () => {
    const guarded = ({ resources }: { resources: Registered[] }) => [
      ...new Set(
        ofType(resources, 'aws:dynamodb/table:Table').map(({ inputs }) => inputs['deletionProtectionEnabled']),
      ),
      only(resources, 'aws:cognito/userPool:UserPool').inputs['deletionProtection'],
      only(resources, 'aws:rds/cluster:Cluster').inputs['deletionProtection'],
    ];
    expect(guarded(await enterpriseRag('dev'))).toEqual([false, 'INACTIVE', false]);
    expect(guarded(await enterpriseRag('production'))).toEqual([true, 'ACTIVE', true]);
  });

  it('keeps the secret of the company’s sign-in a secret, and takes groups from its claims', async () => {
    const [, , change] = SHAPES.at(-1) ?? [];
    const { resources } = await enterpriseRag('dev', { change });
    const { providerDetails } = only(resources, 'aws:cognito/identityProvider:IdentityProvider').inputs;
    expect(JSON.stringify(providerDetails)).toContain('"hunter2"');
    expect(variablesOf(resources, 'query')['PLINTH_GROUPS_CLAIM']).toBe('custom:groups');
    expect(variablesOf((await enterpriseRag('dev')).resources, 'query')['PLINTH_GROUPS_CLAIM']).toBe('cognito:groups');
  });

  it('calls the generator where the settings put it', async () => {
    const target = async (environment: Environment, change?: Record<string, unknown>) =>
      parseEnvironment(
        RagLambdaEnvironment,
        variablesOf((await enterpriseRag(environment, { change })).resources, 'query'),
      ).PLINTH_CATALOG[0]?.target;
    expect(await target('production')).toEqual({
      kind: 'sagemaker',
      endpointName: 'plinth-production-generator',
      modelId: 'Qwen/Qwen3-8B',
    });
    expect(await target('dev')).toMatchObject({ kind: 'bedrock', guardrail: { version: '1' } });
    expect(await target('dev', { inference: ECS })).toMatchObject({
      kind: 'openai',
      baseUrl: 'https://generator.internal.example.com',
    });
  });

  it('exports what clients, migrations and operators need', async () => {
    const { exports } = await enterpriseRag('staging');
    for (const name of 'apiUrl apiId userPoolId documentsBucket databaseArn databaseSecretArn endpointName modelRegistry'.split(
      ' ',
    )) {
      const value = await pulumi.output(exports[name] as pulumi.Input<string>);
      expect(exports[name], name).not.toBeNull();
      expect(value).toBeDefined();
    }
    expect(exports['knowledgeBaseId']).toBeNull();
  });
});

describe('a wrong configuration of enterprise RAG', () => {
  const serverless = aurora({ ...EMBEDDER, kind: 'sagemaker-serverless' });
  const network = { zones: ['us-east-1a', 'us-east-1b'], cidrBlock: '10.0.0.0/20' };

  it.each<[string, Environment, Record<string, unknown>, RegExp]>([
    ['an unknown generator', 'dev', { inference: { kind: 'lambda' } }, /enterprise-rag:inference\.kind/],
    ['a container image by tag', 'dev', { inference: { ...ECS, image: ECS.image.replace(/@.*/, ':1') } }, /by digest/],
    [
      'an embedding for a knowledge base, which embeds by itself',
      'dev',
      { retriever: { kind: 'knowledge-base', embedding: { kind: 'bedrock' } } },
      /retriever\.embedding/,
    ],
    ['restricted data outside the network', 'dev', { retriever: serverless }, /set bedrock or sagemaker/],
    [
      'a zone of another Region',
      'dev',
      { network: { ...network, zones: ['us-east-1a', 'eu-west-1b'] } },
      /eu-west-1b is no zone of us-east-1/,
    ],
    ['more endpoint zones than zones', 'dev', { network: { ...network, endpointZones: 3 } }, /set it to 2 at most/],
    [
      'a Region the profile does not serve',
      'dev',
      { inference: { kind: 'bedrock', systemProfile: 'eu.amazon.nova-lite-v1:0', regions: ['eu-west-1'] } },
      /add us-east-1, or choose/,
    ],
    [
      'a reranker that the Region does not serve',
      'dev',
      { retriever: aurora({ kind: 'bedrock' }, { reranker: 'amazon.rerank-v1:0' }) },
      /us-east-1 does not serve amazon\.rerank-v1:0, but .*us-west-2 do: set another/,
    ],
    [
      'a door for nobody',
      'dev',
      { front: { vpcEndpointIds: [], throttle: { ratePerSecond: 1, burst: 1 }, requestsPerMinutePerAddress: 60 } },
      /front\.vpcEndpointIds/,
    ],
    [
      'one database instance in production',
      'production',
      { retriever: aurora({ kind: 'bedrock' }, { capacity: { mode: 'always-on', min: 1, max: 4 } }) },
      /retriever\.instances: .*set 2/,
    ],
    [
      'a database that sleeps in production',
      'production',
      { retriever: aurora({ kind: 'bedrock' }, { instances: 2 }) },
      /set always-on/,
    ],
    ['one model instance in production', 'production', { inference: ECS }, /inference\.scaling\.min: .*set 2 or more/],
    ['an unknown setting', 'dev', { retreiver: '{}' }, /enterprise-rag:retreiver/],
    ['an unknown Region', 'dev', { 'aws:region': 'mars' }, /aws:region: is not an AWS Region/],
  ])('is refused in words: %s', async (_, environment, change, words) => {
    await expect(enterpriseRag(environment, { change })).rejects.toThrow(words);
  });
});
