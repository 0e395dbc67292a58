/** What an interface endpoint of a service lets through. */
interface EndpointService {
  /** Calls the platform makes. Nothing else passes, whatever a role allows. */
  readonly actions: readonly string[];
  /**
   * Only resources of this account. Absent where a call can name resources of AWS (foundation models, its container images), or of
   * no account at all.
   */
  readonly ownResources?: true;
}

/**
 * AWS services the platform reaches by interface endpoints, by the last part of the endpoint's name, `com.amazonaws.<region>.<key>`.
 * Actions are those of the service authorization reference.
 */
export const ENDPOINT_SERVICES = {
  'bedrock-runtime': {
    actions: [
      'bedrock:InvokeModel',
      'bedrock:InvokeModelWithResponseStream',
      'bedrock:ApplyGuardrail',
      'bedrock:CountTokens',
      'bedrock:StartAsyncInvoke',
      'bedrock:GetAsyncInvoke',
      'bedrock:ListAsyncInvokes',
    ],
  },
  'bedrock-agent-runtime': {
    actions: ['bedrock:Retrieve', 'bedrock:RetrieveAndGenerate', 'bedrock:Rerank', 'bedrock:InvokeAgent'],
  },
  bedrock: {
    actions: [
      'bedrock:CreateModelInvocationJob',
      'bedrock:GetModelInvocationJob',
      'bedrock:ListModelInvocationJobs',
      'bedrock:StopModelInvocationJob',
      'bedrock:GetInferenceProfile',
      'bedrock:GetFoundationModel',
      'bedrock:GetGuardrail',
    ],
  },
  'bedrock-agent': {
    actions: [
      'bedrock:StartIngestionJob',
      'bedrock:GetIngestionJob',
      'bedrock:ListIngestionJobs',
      'bedrock:StopIngestionJob',
      'bedrock:GetKnowledgeBase',
    ],
  },
  'sagemaker.runtime': {
    actions: [
      'sagemaker:InvokeEndpoint',
      'sagemaker:InvokeEndpointAsync',
      'sagemaker:InvokeEndpointWithResponseStream',
    ],
    ownResources: true,
  },
  'sagemaker.api': {
    actions: [
      'sagemaker:CreateTransformJob',
      'sagemaker:DescribeTransformJob',
      'sagemaker:StopTransformJob',
      'sagemaker:DescribeEndpoint',
      'sagemaker:UpdateEndpointWeightsAndCapacities',
      'sagemaker:StartPipelineExecution',
      'sagemaker:DescribePipelineExecution',
      'sagemaker:DescribeModelPackage',
    ],
    ownResources: true,
  },
  kms: {
    actions: [
      'kms:Decrypt',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:DescribeKey',
    ],
    ownResources: true,
  },
  logs: {
    actions: [
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:StartQuery',
      'logs:GetQueryResults',
    ],
  },
  monitoring: { actions: ['cloudwatch:PutMetricData', 'cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms'] },
  xray: {
    actions: [
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:GetSamplingStatisticSummaries',
    ],
  },
  sts: { actions: ['sts:AssumeRole', 'sts:GetCallerIdentity', 'sts:TagSession'] },
  secretsmanager: { actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], ownResources: true },
  ssm: { actions: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'] },
  'ecr.api': {
    actions: [
      'ecr:GetAuthorizationToken',
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetDownloadUrlForLayer',
      'ecr:DescribeImages',
    ],
  },
  'ecr.dkr': {
    actions: [
      'ecr:GetAuthorizationToken',
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetDownloadUrlForLayer',
    ],
  },
  ecs: {
    actions: [
      'ecs:CreateCluster',
      'ecs:DescribeServices',
      'ecs:DescribeTasks',
      'ecs:RegisterContainerInstance',
      'ecs:DeregisterContainerInstance',
      'ecs:UpdateContainerInstancesState',
      'ecs:SubmitContainerStateChange',
      'ecs:SubmitTaskStateChange',
      'ecs:SubmitAttachmentStateChanges',
      'ecs:DiscoverPollEndpoint',
    ],
  },
  'ecs-agent': { actions: ['ecs:DiscoverPollEndpoint', 'ecs:Poll'] },
  'ecs-telemetry': { actions: ['ecs:DiscoverPollEndpoint', 'ecs:StartTelemetrySession'] },
  sqs: {
    actions: [
      'sqs:SendMessage',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
    ],
    ownResources: true,
  },
  sns: { actions: ['sns:Publish'], ownResources: true },
  states: {
    actions: [
      'states:StartExecution',
      'states:DescribeExecution',
      'states:StopExecution',
      'states:SendTaskSuccess',
      'states:SendTaskFailure',
      'states:SendTaskHeartbeat',
    ],
    ownResources: true,
  },
  events: { actions: ['events:PutEvents'], ownResources: true },
  lambda: { actions: ['lambda:InvokeFunction'], ownResources: true },
  batch: { actions: ['batch:SubmitJob', 'batch:DescribeJobs', 'batch:TerminateJob'] },
  'rds-data': {
    actions: [
      'rds-data:ExecuteStatement',
      'rds-data:BatchExecuteStatement',
      'rds-data:BeginTransaction',
      'rds-data:CommitTransaction',
      'rds-data:RollbackTransaction',
    ],
    ownResources: true,
  },
  s3vectors: {
    actions: [
      's3vectors:PutVectors',
      's3vectors:GetVectors',
      's3vectors:ListVectors',
      's3vectors:QueryVectors',
      's3vectors:DeleteVectors',
      's3vectors:GetIndex',
    ],
    ownResources: true,
  },
  /** For Karpenter, the network plugin and the volume driver of a cluster in a closed network. */
  ec2: {
    actions: [
      'ec2:DescribeAvailabilityZones',
      'ec2:DescribeImages',
      'ec2:DescribeInstances',
      'ec2:DescribeInstanceTypeOfferings',
      'ec2:DescribeInstanceTypes',
      'ec2:DescribeLaunchTemplates',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSpotPriceHistory',
      'ec2:DescribeSubnets',
      'ec2:DescribeTags',
      'ec2:DescribeVolumes',
      'ec2:DescribeVpcs',
      'ec2:CreateFleet',
      'ec2:RunInstances',
      'ec2:TerminateInstances',
      'ec2:CreateLaunchTemplate',
      'ec2:DeleteLaunchTemplate',
      'ec2:CreateTags',
      'ec2:CreateNetworkInterface',
      'ec2:AttachNetworkInterface',
      'ec2:DetachNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
      'ec2:CreateVolume',
      'ec2:AttachVolume',
      'ec2:DetachVolume',
      'ec2:DeleteVolume',
    ],
  },
  eks: { actions: ['eks:DescribeCluster'] },
  'eks-auth': { actions: ['eks-auth:AssumeRoleForPodIdentity'] },
  elasticloadbalancing: {
    actions: [
      'elasticloadbalancing:DescribeLoadBalancers',
      'elasticloadbalancing:DescribeTargetGroups',
      'elasticloadbalancing:DescribeTargetHealth',
      'elasticloadbalancing:RegisterTargets',
      'elasticloadbalancing:DeregisterTargets',
    ],
  },
  /** Private APIs. They may be called by people's tokens, which belong to no account, so their statement names the APIs instead. */
  'execute-api': { actions: ['execute-api:Invoke'] },
} as const satisfies Record<string, EndpointService>;

export type EndpointServiceName = keyof typeof ENDPOINT_SERVICES;

/** What a service with models in a closed network cannot do without. */
export const ESSENTIAL_SERVICES = [
  'bedrock-runtime',
  'sagemaker.runtime',
  'kms',
  'logs',
  'sts',
] as const satisfies readonly EndpointServiceName[];

export function serviceRules(service: EndpointServiceName): EndpointService {
  return ENDPOINT_SERVICES[service];
}
