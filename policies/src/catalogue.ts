import type { Rule } from './rule.ts';
import { methodAuthorization } from './rules/apigateway/method-authorization.ts';
import { stageWebAcl } from './rules/apigateway/stage-web-acl.ts';
import { streamingIntegration } from './rules/apigateway/streaming-integration.ts';
import { usagePlanLimits } from './rules/apigateway/usage-plan-limits.ts';
import { capacityCap } from './rules/autoscaling/capacity-cap.ts';
import { jobRetriesAndTimeout } from './rules/batch/job-retries-and-timeout.ts';
import { spotWithCap } from './rules/batch/spot-with-cap.ts';
import { agentSafeguards } from './rules/bedrock/agent-safeguards.ts';
import { guardrailContentFilters } from './rules/bedrock/guardrail-content-filters.ts';
import { guardrailGrounding } from './rules/bedrock/guardrail-grounding.ts';
import { guardrailPrivacy } from './rules/bedrock/guardrail-privacy.ts';
import { invocationLogging } from './rules/bedrock/invocation-logging.ts';
import { modelRecord } from './rules/bedrock/model-record.ts';
import { provisionedThroughputCap } from './rules/bedrock/provisioned-throughput-cap.ts';
import { budgetPerStack } from './rules/budgets/budget-per-stack.ts';
import { logGroup } from './rules/cloudwatch/log-group.ts';
import { modelAlarms } from './rules/cloudwatch/model-alarms.ts';
import { hardenedContainers } from './rules/containers/hardened.ts';
import { acceleratorAllowList } from './rules/cost/accelerator-allow-list.ts';
import { pointInTimeRecovery } from './rules/dynamodb/point-in-time-recovery.ts';
import { endpointPolicy } from './rules/ec2/endpoint-policy.ts';
import { noOpenIngress } from './rules/ec2/no-open-ingress.ts';
import { repositoryImmutableAndScanned } from './rules/ecr/repository-immutable-and-scanned.ts';
import { clusterPrivateEndpoint } from './rules/eks/cluster-private-endpoint.ts';
import { clusterSecretsAndLogs } from './rules/eks/cluster-secrets-and-logs.ts';
import { pinnedGuardrail } from './rules/front/pinned-guardrail.ts';
import { frontTokenLimits } from './rules/front/token-limits.ts';
import { invokeApprovedModels } from './rules/iam/invoke-approved-models.ts';
import { invokeNeedsGuardrail } from './rules/iam/invoke-needs-guardrail.ts';
import { noFullAccessManagedPolicy } from './rules/iam/no-full-access-managed-policy.ts';
import { noWildcardAction } from './rules/iam/no-wildcard-action.ts';
import { keyRotation } from './rules/kms/key-rotation.ts';
import { vllmEnclosed } from './rules/kubernetes/vllm-enclosed.ts';
import { lambdaEnvironmentEncryption } from './rules/lambda/environment-encryption.ts';
import { lambdaEnvironmentSecrets } from './rules/lambda/environment-secrets.ts';
import { functionUrlAuthorization } from './rules/lambda/function-url-authorization.ts';
import { lambdaReservedConcurrency } from './rules/lambda/reserved-concurrency.ts';
import { lambdaRuntime } from './rules/lambda/runtime.ts';
import { functionsInVpc } from './rules/network/functions-in-vpc.ts';
import { noPublicPath } from './rules/network/no-public-path.ts';
import { privateEndpoints } from './rules/network/private-endpoints.ts';
import { clusterEncrypted } from './rules/rds/cluster-encrypted.ts';
import { clusterRecoverable } from './rules/rds/cluster-recoverable.ts';
import { instanceNotPublic } from './rules/rds/instance-not-public.ts';
import { bucketEncryption } from './rules/s3/bucket-encryption.ts';
import { bucketPublicAccessBlock } from './rules/s3/public-access-block.ts';
import { bucketTlsOnly } from './rules/s3/tls-only.ts';
import { asyncFailurePath } from './rules/sagemaker/async-failure-path.ts';
import { endpointEncryption } from './rules/sagemaker/endpoint-encryption.ts';
import { modelInVpc } from './rules/sagemaker/model-in-vpc.ts';
import { modelNetworkIsolation } from './rules/sagemaker/model-network-isolation.ts';
import { rollbackAlarms } from './rules/sagemaker/rollback-alarms.ts';
import { twoInstances } from './rules/sagemaker/two-instances.ts';
import { deadLetterQueue } from './rules/sqs/dead-letter-queue.ts';
import { modelProvenance } from './rules/tags/model-provenance.ts';
import { requiredTags } from './rules/tags/required-tags.ts';
import { restrictedDataNetwork } from './rules/tags/restricted-data-network.ts';
import { vllmBoundedAndTrusted } from './rules/vllm/bounded-and-trusted.ts';
import { webAclProtections } from './rules/wafv2/web-acl-protections.ts';

/** Every rule of both packs, in the order of the requirements they serve. */
export const RULES: readonly Rule[] = [
  keyRotation,
  noWildcardAction,
  noFullAccessManagedPolicy,
  lambdaEnvironmentEncryption,
  lambdaEnvironmentSecrets,
  lambdaRuntime,
  bucketEncryption,
  bucketPublicAccessBlock,
  bucketTlsOnly,
  repositoryImmutableAndScanned,
  endpointEncryption,
  clusterEncrypted,
  webAclProtections,
  methodAuthorization,
  stageWebAcl,
  functionUrlAuthorization,
  clusterSecretsAndLogs,
  logGroup,
  hardenedContainers,
  modelNetworkIsolation,
  modelInVpc,
  noPublicPath,
  privateEndpoints,
  endpointPolicy,
  noOpenIngress,
  clusterPrivateEndpoint,
  instanceNotPublic,
  functionsInVpc,
  vllmEnclosed,
  budgetPerStack,
  acceleratorAllowList,
  provisionedThroughputCap,
  lambdaReservedConcurrency,
  spotWithCap,
  capacityCap,
  twoInstances,
  rollbackAlarms,
  asyncFailurePath,
  streamingIntegration,
  deadLetterQueue,
  jobRetriesAndTimeout,
  clusterRecoverable,
  pointInTimeRecovery,
  requiredTags,
  modelProvenance,
  restrictedDataNetwork,
  guardrailContentFilters,
  guardrailPrivacy,
  guardrailGrounding,
  pinnedGuardrail,
  invokeNeedsGuardrail,
  invokeApprovedModels,
  agentSafeguards,
  invocationLogging,
  frontTokenLimits,
  vllmBoundedAndTrusted,
  usagePlanLimits,
  modelAlarms,
  modelRecord,
];

export function ruleById(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id);
}
