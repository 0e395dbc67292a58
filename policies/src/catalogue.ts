import type { Rule } from './rule.ts';
import { methodAuthorization } from './rules/apigateway/method-authorization.ts';
import { stageWebAcl } from './rules/apigateway/stage-web-acl.ts';
import { streamingIntegration } from './rules/apigateway/streaming-integration.ts';
import { usagePlanLimits } from './rules/apigateway/usage-plan-limits.ts';
import { agentSafeguards } from './rules/bedrock/agent-safeguards.ts';
import { guardrailContentFilters } from './rules/bedrock/guardrail-content-filters.ts';
import { guardrailPrivacy } from './rules/bedrock/guardrail-privacy.ts';
import { invocationLogging } from './rules/bedrock/invocation-logging.ts';
import { modelRecord } from './rules/bedrock/model-record.ts';
import { budgetPerStack } from './rules/budgets/budget-per-stack.ts';
import { logGroup } from './rules/cloudwatch/log-group.ts';
import { modelAlarms } from './rules/cloudwatch/model-alarms.ts';
import { pointInTimeRecovery } from './rules/dynamodb/point-in-time-recovery.ts';
import { noOpenIngress } from './rules/ec2/no-open-ingress.ts';
import { pinnedGuardrail } from './rules/front/pinned-guardrail.ts';
import { frontTokenLimits } from './rules/front/token-limits.ts';
import { invokeApprovedModels } from './rules/iam/invoke-approved-models.ts';
import { invokeNeedsGuardrail } from './rules/iam/invoke-needs-guardrail.ts';
import { noFullAccessManagedPolicy } from './rules/iam/no-full-access-managed-policy.ts';
import { noWildcardAction } from './rules/iam/no-wildcard-action.ts';
import { keyRotation } from './rules/kms/key-rotation.ts';
import { lambdaEnvironmentEncryption } from './rules/lambda/environment-encryption.ts';
import { lambdaEnvironmentSecrets } from './rules/lambda/environment-secrets.ts';
import { functionUrlAuthorization } from './rules/lambda/function-url-authorization.ts';
import { lambdaReservedConcurrency } from './rules/lambda/reserved-concurrency.ts';
import { lambdaRuntime } from './rules/lambda/runtime.ts';
import { bucketEncryption } from './rules/s3/bucket-encryption.ts';
import { bucketPublicAccessBlock } from './rules/s3/public-access-block.ts';
import { bucketTlsOnly } from './rules/s3/tls-only.ts';
import { requiredTags } from './rules/tags/required-tags.ts';
import { restrictedDataNetwork } from './rules/tags/restricted-data-network.ts';
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
  webAclProtections,
  methodAuthorization,
  stageWebAcl,
  functionUrlAuthorization,
  logGroup,
  noOpenIngress,
  budgetPerStack,
  lambdaReservedConcurrency,
  streamingIntegration,
  pointInTimeRecovery,
  requiredTags,
  restrictedDataNetwork,
  guardrailContentFilters,
  guardrailPrivacy,
  pinnedGuardrail,
  invokeNeedsGuardrail,
  invokeApprovedModels,
  agentSafeguards,
  invocationLogging,
  frontTokenLimits,
  usagePlanLimits,
  modelAlarms,
  modelRecord,
];

export function ruleById(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id);
}
