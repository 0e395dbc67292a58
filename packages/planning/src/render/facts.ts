import type { PlannedResource, PlannedValue } from '../plan.ts';

/** What a reader wants to know first of each type; the full properties are in the JSON. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  'apigateway.Integration': ['type', 'responseTransferMode', 'timeoutMilliseconds'],
  'apigateway.Method': ['httpMethod', 'authorization'],
  'apigateway.Resource': ['pathPart'],
  'apigateway.RestApi': ['endpointConfiguration.types'],
  'apigateway.Stage': ['stageName'],
  'apigateway.UsagePlan': ['throttleSettings.rateLimit', 'quotaSettings.limit', 'quotaSettings.period'],
  'bedrock.Guardrail': ['contentPolicyConfig.filtersConfigs', 'sensitiveInformationPolicyConfig.piiEntitiesConfigs'],
  'bedrock.InferenceProfile': ['modelSource.copyFrom'],
  'bedrockmodel.InvocationLoggingConfiguration': ['loggingConfig.textDataDeliveryEnabled'],
  'budgets.Budget': ['limitAmount', 'limitUnit', 'timeUnit'],
  'cloudwatch.LogGroup': ['name', 'retentionInDays'],
  'cloudwatch.MetricAlarm': ['metricName', 'comparisonOperator', 'threshold'],
  'dynamodb.Table': ['billingMode', 'pointInTimeRecovery.enabled', 'deletionProtectionEnabled'],
  'kms.Key': ['enableKeyRotation', 'description'],
  'lambda.Function': ['runtime', 'memorySize', 'timeout', 'reservedConcurrentExecutions'],
  'wafv2.WebAcl': ['scope', 'rules'],
};
const FALLBACK = ['name', 'description'];

/** One line of what matters, `runtime nodejs22.x · memorySize 1024`. */
export function factsOf(resource: PlannedResource, label: string): string {
  const keys = FACTS[label] ?? FALLBACK;
  return keys
    .flatMap((key) => {
      const text = short(at(resource.props, key));
      return text === undefined ? [] : [key === 'name' || key === 'description' ? text : `${key.split('.').at(-1) ?? key} ${text}`];
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

function short(value: PlannedValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return `(${value.length})`;
  if (typeof value !== 'object') return String(value);
  const record = value as Record<string, PlannedValue>;
  if ('$unknown' in record) return typeof record['$unknown'] === 'string' ? record['$unknown'] : '«unknown»';
  return '$secret' in record ? '(secret)' : undefined;
}
