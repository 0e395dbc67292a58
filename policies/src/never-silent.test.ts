import { describe, expect, it } from 'vitest';
import { RULES } from './catalogue.ts';
import { evaluate, type PlannedResource } from './evaluate.ts';
import { urnOf, UNKNOWN } from './testing/samples.ts';

/**
 * A small stack that every rule is content with. Each value in it is taken away, made unknown and made nonsense, one at a
 * time: what a rule objects to when it is missing, it must not pass over in silence when it is unknown.
 */
const TAGS = { owner: 'a', environment: 'production', 'cost-center': 'b', 'data-class': 'internal' };
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1234';
const GUARDRAIL = 'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc:1';
const group = (name: string) => ({ statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } } });
const policy = (...Statement: object[]) => JSON.stringify({ Statement });
const filters = ['SEXUAL', 'VIOLENCE', 'HATE', 'INSULTS', 'MISCONDUCT', 'PROMPT_ATTACK'];
const catalogue = JSON.stringify([
  {
    id: 'chat',
    target: { kind: 'bedrock', modelId: 'us.amazon.nova-lite-v1:0', guardrail: { id: 'abc', version: '1' } },
    maxPromptTokens: 8000,
    maxCompletionTokens: 1000,
  },
]);
const MODEL = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0';
const invoke = policy({
  Effect: 'Allow',
  Action: 'bedrock:InvokeModel',
  Resource: MODEL,
  Condition: { StringEquals: { 'bedrock:GuardrailIdentifier': GUARDRAIL } },
});
const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/vllm@sha256:${'a'.repeat(64)}`;
const MODEL_TAGS = { ...TAGS, 'model-id': 'Qwen/Qwen3-8B', license: 'Apache-2.0', digest: 'sha256:a' };
const endpointPolicy = policy({
  Effect: 'Allow',
  Principal: '*',
  Action: 'kms:Decrypt',
  Resource: '*',
  Condition: { StringEquals: { 'aws:PrincipalAccount': '123456789012' } },
});
const endpoint = (service: string): [string, object] => [
  'aws:ec2/vpcEndpoint:VpcEndpoint',
  {
    serviceName: `com.amazonaws.us-east-1.${service}`,
    policy: endpointPolicy,
    ...(service === 's3' ? { vpcEndpointType: 'Gateway' } : { vpcEndpointType: 'Interface', privateDnsEnabled: true }),
    tags: TAGS,
  },
];
const alarm = (metricName: string): [string, object] => [
  'aws:cloudwatch/metricAlarm:MetricAlarm',
  { metricName, tags: TAGS },
];

const STACK: readonly [type: string, props: object][] = [
  ['aws:kms/key:Key', { enableKeyRotation: true, tags: TAGS }],
  ['aws:iam/rolePolicy:RolePolicy', { policy: invoke }],
  [
    'aws:iam/role:Role',
    {
      inlinePolicies: [{ name: 'a', policy: invoke }],
      managedPolicyArns: ['arn:aws:iam::aws:policy/Narrow'],
      tags: TAGS,
    },
  ],
  ['aws:iam/rolePolicyAttachment:RolePolicyAttachment', { policyArn: 'arn:aws:iam::aws:policy/Narrow' }],
  [
    'aws:lambda/function:Function',
    {
      runtime: 'nodejs22.x',
      environment: { variables: { PLINTH_CATALOG: catalogue } },
      kmsKeyArn: KEY,
      reservedConcurrentExecutions: 5,
      vpcConfig: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
      tags: TAGS,
    },
  ],
  ['aws:lambda/functionUrl:FunctionUrl', { authorizationType: 'AWS_IAM' }],
  ['aws:s3/bucket:Bucket', { bucket: 'b', tags: TAGS }],
  [
    'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
    {
      bucket: 'b',
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
  ],
  [
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
    { bucket: 'b', rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: KEY } }] },
  ],
  [
    'aws:s3/bucketPolicy:BucketPolicy',
    {
      bucket: 'b',
      policy: policy({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    },
  ],
  [
    'aws:wafv2/webAcl:WebAcl',
    {
      rules: [
        { statement: { rateBasedStatement: { limit: 100 } } },
        group('AWSManagedRulesCommonRuleSet'),
        group('AWSManagedRulesKnownBadInputsRuleSet'),
        group('AWSManagedRulesSQLiRuleSet'),
      ],
      tags: TAGS,
    },
  ],
  ['aws:apigateway/restApi:RestApi', { id: 'api', endpointConfiguration: { types: 'PRIVATE' }, tags: TAGS }],
  ['aws:apigateway/method:Method', { httpMethod: 'POST', authorization: 'AWS_IAM' }],
  [
    'aws:apigateway/integration:Integration',
    {
      restApi: 'api',
      responseTransferMode: 'STREAM',
      timeoutMilliseconds: 900000,
      uri: 'x/response-streaming-invocations',
    },
  ],
  ['aws:apigateway/stage:Stage', { arn: 'arn:stage', tags: TAGS }],
  ['aws:wafv2/webAclAssociation:WebAclAssociation', { resourceArn: 'arn:stage' }],
  [
    'aws:apigateway/usagePlan:UsagePlan',
    { throttleSettings: { rateLimit: 1, burstLimit: 1 }, quotaSettings: { limit: 1 }, tags: TAGS },
  ],
  ['aws:cloudwatch/logGroup:LogGroup', { kmsKeyId: KEY, retentionInDays: 30, tags: TAGS }],
  ['aws:dynamodb/table:Table', { pointInTimeRecovery: { enabled: true }, tags: TAGS }],
  ['aws:ec2/securityGroup:SecurityGroup', { ingress: [{ cidrBlocks: ['10.0.0.0/8'] }], tags: TAGS }],
  ['aws:budgets/budget:Budget', { notifications: [{ subscriberEmailAddresses: ['a@example.com'] }], tags: TAGS }],
  [
    'aws:bedrock/guardrail:Guardrail',
    {
      kmsKeyArn: KEY,
      contentPolicyConfig: {
        filtersConfigs: filters.map((type) => ({ type, inputStrength: 'HIGH', outputStrength: 'HIGH' })),
      },
      sensitiveInformationPolicyConfig: { piiEntitiesConfigs: [{ type: 'EMAIL', action: 'BLOCK' }] },
      contextualGroundingPolicyConfig: {
        filtersConfigs: ['GROUNDING', 'RELEVANCE'].map((type) => ({ type, threshold: 0.7 })),
      },
      tags: TAGS,
    },
  ],
  ['aws:bedrock/inferenceProfile:InferenceProfile', { modelSource: { copyFrom: MODEL }, tags: TAGS }],
  [
    'aws:bedrock/agentAgent:AgentAgent',
    {
      foundationModel: 'amazon.nova-lite-v1:0',
      customerEncryptionKeyArn: KEY,
      idleSessionTtlInSeconds: 600,
      guardrailConfigurations: [{ guardrailIdentifier: 'abc', guardrailVersion: '1' }],
      tags: TAGS,
    },
  ],
  [
    'aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration',
    { loggingConfig: { textDataDeliveryEnabled: true, s3Config: { bucketName: 'b' } } },
  ],
  ['aws:bedrock/agentKnowledgeBase:AgentKnowledgeBase', { name: 'documents', tags: TAGS }],
  ['aws:bedrock/provisionedModelThroughput:ProvisionedModelThroughput', { modelUnits: 1, tags: TAGS }],
  ['aws:ec2/vpc:Vpc', { tags: { ...TAGS, network: 'vpc-only' } }],
  ['aws:ec2/subnet:Subnet', { mapPublicIpOnLaunch: false, tags: TAGS }],
  ['aws:ec2/route:Route', { transitGatewayId: 'tgw-1' }],
  ...['bedrock-runtime', 'sagemaker.runtime', 'kms', 'logs', 'sts', 's3'].map(endpoint),
  [
    'aws:ecr/repository:Repository',
    { imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true }, tags: TAGS },
  ],
  [
    'aws:rds/cluster:Cluster',
    {
      engine: 'aurora-postgresql',
      storageEncrypted: true,
      iamDatabaseAuthenticationEnabled: true,
      deletionProtection: true,
      backupRetentionPeriod: 7,
      tags: TAGS,
    },
  ],
  ['aws:rds/clusterInstance:ClusterInstance', { publiclyAccessible: false, tags: TAGS }],
  [
    'aws:eks/cluster:Cluster',
    {
      encryptionConfig: { resources: ['secrets'] },
      enabledClusterLogTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
      vpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true },
      tags: TAGS,
    },
  ],
  ['aws:eks/nodeGroup:NodeGroup', { instanceTypes: ['g6.xlarge'], tags: TAGS }],
  [
    'kubernetes:karpenter.sh/v1:NodePool',
    {
      spec: {
        template: {
          spec: {
            requirements: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['g6.xlarge'] }],
          },
        },
      },
    },
  ],
  [
    'kubernetes:apps/v1:Deployment',
    {
      metadata: { namespace: 'models' },
      spec: {
        template: {
          metadata: { labels: { app: 'vllm' } },
          spec: {
            containers: [
              {
                name: 'server',
                image: IMAGE,
                args: ['--max-model-len', '4096'],
                securityContext: {
                  runAsNonRoot: true,
                  readOnlyRootFilesystem: true,
                  allowPrivilegeEscalation: false,
                },
              },
            ],
          },
        },
      },
    },
  ],
  [
    'kubernetes:networking.k8s.io/v1:NetworkPolicy',
    { metadata: { namespace: 'models' }, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
  ],
  [
    'aws:ecs/taskDefinition:TaskDefinition',
    {
      containerDefinitions: JSON.stringify([
        { name: 'a', image: IMAGE, user: '1000', readonlyRootFilesystem: true, command: ['--max-model-len', '4096'] },
      ]),
      tags: TAGS,
    },
  ],
  [
    'aws:sagemaker/model:Model',
    {
      name: 'model',
      enableNetworkIsolation: true,
      vpcConfig: { subnets: ['subnet-1'], securityGroupIds: ['sg-1'] },
      primaryContainer: { image: IMAGE, environment: { SM_VLLM_MAX_MODEL_LEN: '4096' } },
      tags: MODEL_TAGS,
    },
  ],
  [
    'aws:sagemaker/endpointConfiguration:EndpointConfiguration',
    {
      name: 'config',
      kmsKeyArn: KEY,
      productionVariants: [{ modelName: 'model', instanceType: 'ml.inf2.xlarge', initialInstanceCount: 2 }],
      asyncInferenceConfig: {
        outputConfig: { s3FailurePath: 's3://b', notificationConfig: { errorTopic: 'arn:topic' } },
      },
      tags: TAGS,
    },
  ],
  [
    'aws:sagemaker/endpointConfiguration:EndpointConfiguration',
    {
      kmsKeyArn: KEY,
      productionVariants: [{ modelName: 'model', instanceType: 'ml.inf2.xlarge', initialInstanceCount: 2 }],
      tags: TAGS,
    },
  ],
  [
    'aws:sagemaker/endpoint:Endpoint',
    { deploymentConfig: { autoRollbackConfiguration: { alarms: [{ alarmName: 'errors' }] } }, tags: TAGS },
  ],
  ['aws:appautoscaling/target:Target', { serviceNamespace: 'ecs', maxCapacity: 4, tags: TAGS }],
  [
    'aws:batch/computeEnvironment:ComputeEnvironment',
    { type: 'MANAGED', computeResources: { type: 'SPOT', maxVcpus: 64, instanceTypes: ['c7i'] }, tags: TAGS },
  ],
  [
    'aws:batch/jobDefinition:JobDefinition',
    { retryStrategy: { attempts: 2 }, timeout: { attemptDurationSeconds: 60 }, tags: TAGS },
  ],
  [
    'aws:sqs/queue:Queue',
    { redrivePolicy: JSON.stringify({ deadLetterTargetArn: 'arn:dlq', maxReceiveCount: 3 }), tags: TAGS },
  ],
  ...['InvocationThrottles', 'TokenCount', 'InvocationsIntervened', 'ServerErrors'].map(alarm),
];

/** Here it is enough that there is one: which, as a topic's ARN or a subnet's id, may come later. */
const EXISTENCE_IS_ENOUGH =
  /^notifications\.0\.subscriberEmailAddresses\.0$|^vpcConfig\.(subnetIds|subnets|securityGroupIds)\.0$|\.alarms\.0$/;

type Path = readonly (string | number)[];

function* pathsIn(value: unknown, at: Path = []): Generator<Path> {
  if (at.length > 0) yield at;
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      yield* pathsIn(inner, [...at, Array.isArray(value) ? Number(key) : key]);
}

function stackWith(
  index: number,
  path: Path,
  change: (holder: Record<string | number, unknown>, key: string | number) => void,
) {
  return STACK.map(([type, props], at): PlannedResource => {
    const copy = structuredClone(props) as Record<string | number, unknown>;
    if (at === index) {
      const holder = path.slice(0, -1).reduce((inner, key) => inner[key] as Record<string | number, unknown>, copy);
      change(holder, path.at(-1) ?? '');
    }
    return { type, name: `r${at}`, urn: urnOf(type, `r${at}`, 'production', 'plinth-foundation'), props: copy };
  });
}

const rulesHeard = (resources: readonly PlannedResource[]) =>
  new Set(evaluate(RULES, resources).map(({ rule }) => rule));
const remove = (holder: Record<string | number, unknown>, key: string | number) => {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
};

describe('over a whole stack', () => {
  it('no rule has anything against the sound one', () => {
    expect(
      evaluate(
        RULES,
        stackWith(-1, [], () => {}),
      ).map(({ rule, message }) => `${rule}: ${message}`),
    ).toEqual([]);
  });

  // Tags are judged alike everywhere, but for these.
  const TAGS_MATTER = ['aws:kms/key:Key', 'aws:sagemaker/model:Model', 'aws:ec2/vpc:Vpc'];
  const cases = STACK.flatMap(([type, props], index) =>
    [...pathsIn(props)]
      .filter(([first]) => first !== 'tags' || TAGS_MATTER.includes(type))
      .map((path) => ({ type, index, path, at: path.join('.') })),
  );

  it.each(cases.filter(({ at }) => !EXISTENCE_IS_ENOUGH.test(at)))(
    '$type $at: unknown is never passed over where missing is not',
    ({ index, path }) => {
      const missing = rulesHeard(stackWith(index, path, remove));
      const unknown = rulesHeard(stackWith(index, path, (holder, key) => (holder[key] = UNKNOWN)));
      expect([...missing].filter((rule) => !unknown.has(rule))).toEqual([]);
    },
  );

  it('no rule breaks on a value of the wrong kind', () => {
    for (const { index, path } of cases)
      for (const nonsense of [null, '', 'x', 0, -1, true, [], {}, [null], [{}]])
        expect(
          () => rulesHeard(stackWith(index, path, (holder, key) => (holder[key] = nonsense))),
          `${index} ${path.join('.')} ${JSON.stringify(nonsense)}`,
        ).not.toThrow();
  });
});
