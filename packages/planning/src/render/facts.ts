import type { PlannedResource, PlannedValue } from '../plan.ts';

/**
 * What a reader wants to know first of each type, as `path` or `path=label`; an empty label shows the value alone.
 * The full properties are in the JSON.
 */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  'appautoscaling.Target': ['scalableDimension=', 'minCapacity=from', 'maxCapacity=to'],
  'apigateway.Integration': ['type=', 'responseTransferMode=', 'timeoutMilliseconds=ms'],
  'apigateway.Method': ['httpMethod=', 'authorization='],
  'apigateway.Resource': ['pathPart='],
  'apigateway.Response': ['responseType='],
  'apigateway.RestApi': ['endpointConfiguration.types='],
  'apigateway.Stage': ['stageName='],
  'apigateway.UsagePlan': ['throttleSettings.rateLimit=rate', 'quotaSettings.limit=quota', 'quotaSettings.period=per'],
  'autoscaling.Group': ['minSize=from', 'maxSize=to'],
  'batch.ComputeEnvironment': ['computeResources.type=', 'computeResources.maxVcpus=vCPUs at most'],
  'bedrock.Guardrail': [
    'contentPolicyConfig.filtersConfigs=filters',
    'sensitiveInformationPolicyConfig.piiEntitiesConfigs=personal data',
  ],
  'bedrock.InferenceProfile': ['modelSource.copyFrom='],
  'bedrockmodel.InvocationLoggingConfiguration': ['loggingConfig.textDataDeliveryEnabled=text'],
  'budgets.Budget': ['limitAmount=', 'limitUnit=', 'timeUnit='],
  'cloudwatch.LogGroup': ['name=', 'retentionInDays=days'],
  'cloudwatch.MetricAlarm': ['metricName=', 'threshold=over'],
  'cloudcontrol.Resource': ['typeName='],
  'dynamic.Resource': ['instanceType=', 'instanceCount=instances'],
  'dynamodb.Table': ['billingMode=', 'pointInTimeRecovery.enabled=recovery', 'deletionProtectionEnabled=protected'],
  'ec2.Instance': ['instanceType='],
  'ec2.LaunchTemplate': ['instanceType='],
  'ec2.Subnet': ['cidrBlock=', 'availabilityZone='],
  'ec2.Vpc': ['cidrBlock='],
  'ec2.VpcEndpoint': ['serviceName=', 'vpcEndpointType='],
  'ecs.Service': ['launchType=', 'desiredCount=tasks'],
  'ecs.TaskDefinition': ['cpu=CPU', 'memory=MB'],
  'eks.Cluster': ['version=Kubernetes', 'vpcConfig.endpointPublicAccess=public'],
  'eks.NodeGroup': ['instanceTypes=types', 'scalingConfig.minSize=from', 'scalingConfig.maxSize=to'],
  'helm.sh.Release': ['chart=', 'version='],
  'kms.Key': ['enableKeyRotation=rotated', 'description='],
  'lambda.Function': ['runtime=', 'memorySize=MB', 'timeout=seconds', 'reservedConcurrentExecutions=reserved'],
  'rds.Cluster': [
    'engine=',
    'serverlessv2ScalingConfiguration.minCapacity=from',
    'serverlessv2ScalingConfiguration.maxCapacity=to',
  ],
  'rds.ClusterInstance': ['instanceClass='],
  'sagemaker.EndpointConfiguration': ['productionVariants=variants'],
  'sfn.StateMachine': ['type='],
  'sqs.Queue': ['visibilityTimeoutSeconds=seconds hidden', 'messageRetentionSeconds=seconds kept'],
  'wafv2.WebAcl': ['scope=', 'rules'],
};
const FALLBACK = ['name=', 'description='];
/** Said by the SDK of everything that has no description; no news to anybody. */
const NO_NEWS = 'Managed by Pulumi';

/** One line of what matters, `nodejs22.x · MB 1024 · seconds 900`. */
export function factsOf(resource: PlannedResource, label: string): string {
  return (FACTS[label] ?? FALLBACK)
    .flatMap((fact) => {
      const [path = '', title = path.split('.').at(-1) ?? ''] = fact.split('=');
      const text = short(at(resource.props, path));
      if (text === undefined || text === NO_NEWS) return [];
      return [title === '' ? text : `${title} ${text}`];
    })
    .join(' · ');
}

function at(props: PlannedResource['props'], path: string): PlannedValue | undefined {
  let value: PlannedValue | undefined = props;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = (value as Record<string, PlannedValue>)[key];
  }
  return value;
}

/** What comes before the part of an ARN that tells one resource from another. */
const ARN_HEAD = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:/;

function short(value: PlannedValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return String(value.length);
  if (typeof value !== 'object') return String(value).replace(ARN_HEAD, '');
  const record = value as Record<string, PlannedValue>;
  if ('$unknown' in record) return typeof record['$unknown'] === 'string' ? record['$unknown'] : '«unknown»';
  return '$secret' in record ? '(secret)' : undefined;
}
