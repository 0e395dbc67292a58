/** The account and Region of everything invented. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

/** What a resource is made of, as it crosses the wire. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Properties = Readonly<Record<string, Value>>;

interface Created {
  readonly id: string;
  readonly name: string;
  readonly inputs: Properties;
  /** @default REGION */
  readonly region?: string | undefined;
}

/** What only AWS can tell of a resource, beside its ARN, by Pulumi type. */
const SPECIAL: Readonly<Record<string, (created: Created) => Properties>> = {
  'aws:apigateway/apiKey:ApiKey': ({ id }) => ({ value: `${id}-not-a-secret` }),
  'aws:apigateway/restApi:RestApi': ({ id }) => ({
    rootResourceId: `${id}-root`,
    executionArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${id}`,
  }),
  'aws:apigateway/stage:Stage': ({ inputs }) => ({
    invokeUrl: `https://${String(inputs['restApi'])}.execute-api.${REGION}.amazonaws.com/${String(inputs['stageName'])}`,
  }),
  'aws:batch/jobDefinition:JobDefinition': ({ id }) => ({
    arn: `arn:aws:batch:${REGION}:${ACCOUNT}:job-definition/${id}:1`,
    arnPrefix: `arn:aws:batch:${REGION}:${ACCOUNT}:job-definition/${id}`,
  }),
  'aws:apigateway/domainName:DomainName': ({ id }) => ({
    regionalDomainName: `${id}.execute-api.${REGION}.amazonaws.com`,
    regionalZoneId: `${id}-zone`,
  }),
  'aws:apigatewayv2/api:Api': ({ id }) => ({
    apiEndpoint: `https://${id}.execute-api.${REGION}.amazonaws.com`,
    executionArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${id}`,
  }),
  'aws:bedrock/guardrail:Guardrail': ({ id }) => ({
    guardrailId: id,
    guardrailArn: `arn:aws:bedrock:${REGION}:${ACCOUNT}:guardrail/${id}`,
  }),
  // One after another where ids are numbered, as on a real engine's stand-in: a new version is another.
  'aws:bedrock/guardrailVersion:GuardrailVersion': ({ id }) => ({ version: /-([1-9]\d*)$/.exec(id)?.[1] ?? '1' }),
  'aws:ec2/eip:Eip': ({ name }) => ({ allocationId: `eipalloc-${name}` }),
  'aws:ec2/launchTemplate:LaunchTemplate': () => ({ latestVersion: 1, defaultVersion: 1 }),
  'aws:ec2/vpcEndpoint:VpcEndpoint': ({ name }) => ({ prefixListId: `pl-${name}` }),
  'aws:ecr/repository:Repository': ({ name, inputs }) => ({
    repositoryUrl: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${String(inputs['name'] ?? name)}`,
  }),
  'aws:eks/cluster:Cluster': ({ id }) => ({
    endpoint: `https://${id}.gr7.${REGION}.eks.amazonaws.com`,
    // Of `vpcConfig` and `identities`, whose other parts are inputs.
    clusterSecurityGroupId: `${id}-security-group`,
    issuer: `https://oidc.eks.${REGION}.amazonaws.com/id/${id}`,
  }),
  'aws:kms/key:Key': ({ id }) => ({ keyId: id }),
  'aws:lambda/function:Function': ({ id }) => ({
    invokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${id}/invocations`,
    responseStreamingInvokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2021-11-15/functions/${id}/response-streaming-invocations`,
  }),
  'aws:lambda/eventSourceMapping:EventSourceMapping': ({ name }) => ({
    uuid: `${name}-uuid`,
    arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:${name}-uuid`,
  }),
  'aws:rds/cluster:Cluster': ({ id }) => ({
    clusterResourceId: `cluster-${id}`,
    endpoint: `${id}.cluster-abc.${REGION}.rds.amazonaws.com`,
    readerEndpoint: `${id}.cluster-ro-abc.${REGION}.rds.amazonaws.com`,
    masterUserSecrets: [{ secretArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds-${id}` }],
  }),
  'aws:s3/bucket:Bucket': ({ id }) => ({ bucket: id }),
  'aws:s3/vectorsIndex:VectorsIndex': ({ inputs }) => ({
    indexArn: `arn:aws:s3vectors:${REGION}:${ACCOUNT}:bucket/${String(inputs['vectorBucketName'])}/index/${String(inputs['indexName'])}`,
  }),
  'aws:s3/vectorsVectorBucket:VectorsVectorBucket': ({ inputs }) => ({
    vectorBucketArn: `arn:aws:s3vectors:${REGION}:${ACCOUNT}:bucket/${String(inputs['vectorBucketName'])}`,
  }),
  'aws:sfn/stateMachine:StateMachine': ({ id, inputs }) => ({
    arn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${String(inputs['name'] ?? id)}`,
  }),
  'aws:sqs/queue:Queue': ({ id }) => ({ url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${id}` }),
  'aws:bedrock/agentDataSource:AgentDataSource': ({ id }) => ({ dataSourceId: id }),
  'aws:bedrock/customModel:CustomModel': ({ id }) => ({
    customModelArn: `arn:aws:bedrock:${REGION}:${ACCOUNT}:custom-model/${id}`,
  }),
  'aws:bedrock/provisionedModelThroughput:ProvisionedModelThroughput': ({ id }) => ({
    provisionedModelArn: `arn:aws:bedrock:${REGION}:${ACCOUNT}:provisioned-model/${id}`,
  }),
};

/** The outputs of a resource as it would stand after creation: its inputs, and what AWS adds. */
export function outputsOf(type: string, created: Created): Properties {
  const [, service = 'unknown'] = /^aws:([^/:]+)/.exec(type) ?? [];
  const invented = { arn: `arn:aws:${service}:${REGION}:${ACCOUNT}:${created.id}`, ...SPECIAL[type]?.(created) };
  return {
    name: created.id,
    tagsAll: created.inputs['tags'] ?? {},
    ...(created.region === undefined ? invented : inRegion(invented, created.region)),
    ...created.inputs,
  };
}

function inRegion(invented: Properties, region: string): Properties {
  return JSON.parse(JSON.stringify(invented).replaceAll(REGION, region)) as Properties;
}

/** Inputs whose change AWS cannot make in place, of the types the stacks use. */
export const REPLACING: Readonly<Record<string, readonly string[]>> = {
  'aws:apigateway/deployment:Deployment': ['restApi', 'triggers'],
  'aws:bedrock/guardrailVersion:GuardrailVersion': ['guardrailArn', 'description'],
  'aws:bedrock/inferenceProfile:InferenceProfile': ['modelSource', 'description'],
  'aws:dynamodb/table:Table': ['hashKey', 'rangeKey'],
  'aws:ec2/securityGroup:SecurityGroup': ['description', 'vpcId'],
  'aws:ec2/subnet:Subnet': ['vpcId', 'availabilityZone', 'cidrBlock', 'outpostArn'],
  'aws:ec2/vpc:Vpc': ['cidrBlock'],
  'aws:ec2/vpcEndpoint:VpcEndpoint': ['serviceName', 'vpcEndpointType', 'vpcId'],
  'aws:rds/cluster:Cluster': ['clusterIdentifier', 'databaseName', 'engine', 'kmsKeyId', 'masterUsername'],
  'aws:s3/vectorsIndex:VectorsIndex': ['dataType', 'dimension', 'distanceMetric', 'indexName', 'vectorBucketName'],
  'aws:sfn/stateMachine:StateMachine': ['name', 'type'],
  'aws:sagemaker/model:Model': ['primaryContainer', 'executionRoleArn', 'vpcConfig', 'enableNetworkIsolation'],
  'aws:sagemaker/endpointConfiguration:EndpointConfiguration': [
    'productionVariants',
    'shadowProductionVariants',
    'kmsKeyArn',
    'dataCaptureConfig',
    'asyncInferenceConfig',
    'executionRoleArn',
  ],
  'aws:bedrock/agentKnowledgeBase:AgentKnowledgeBase': ['knowledgeBaseConfiguration', 'storageConfiguration'],
};

/** Answers of AWS to questions a program asks while it runs. */
export const ANSWERS: Readonly<Record<string, Properties>> = {
  'aws:index/getCallerIdentity:getCallerIdentity': {
    id: ACCOUNT,
    accountId: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:user/engine-test`,
    userId: 'engine-test',
  },
  'aws:kms/getPublicKey:getPublicKey': {
    id: 'key-id',
    publicKeyPem:
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
  },
  'aws:eks/getCluster:getCluster': {
    id: 'site',
    name: 'site',
    arn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/site`,
    clusterId: '00000000-0000-4000-8000-000000000000',
    endpoint: `https://site.eks.${REGION}.amazonaws.com`,
    certificateAuthorities: [{ data: 'Y2VydGlmaWNhdGU=' }],
  },
  'aws:secretsmanager/getSecretVersion:getSecretVersion': {
    id: 'secret-id',
    secretString: '{"apiVersion":"v1","kind":"Config"}',
  },
};
