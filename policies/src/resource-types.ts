import type * as aws from '@pulumi/aws';

/**
 * Every resource type a rule reads, with the arguments its class takes. Types only: a pack starts without loading the provider's
 * SDK. A test holds each token to the class.
 */
export interface ResourceTypes {
  'aws:apigateway/integration:Integration': aws.apigateway.IntegrationArgs;
  'aws:apigateway/method:Method': aws.apigateway.MethodArgs;
  'aws:apigateway/restApi:RestApi': aws.apigateway.RestApiArgs;
  'aws:apigateway/stage:Stage': aws.apigateway.StageArgs;
  'aws:apigateway/usagePlan:UsagePlan': aws.apigateway.UsagePlanArgs;
  'aws:bedrock/agentAgent:AgentAgent': aws.bedrock.AgentAgentArgs;
  'aws:bedrock/guardrail:Guardrail': aws.bedrock.GuardrailArgs;
  'aws:bedrock/inferenceProfile:InferenceProfile': aws.bedrock.InferenceProfileArgs;
  'aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration': aws.bedrockmodel.InvocationLoggingConfigurationArgs;
  'aws:budgets/budget:Budget': aws.budgets.BudgetArgs;
  'aws:cloudwatch/logGroup:LogGroup': aws.cloudwatch.LogGroupArgs;
  'aws:cloudwatch/metricAlarm:MetricAlarm': aws.cloudwatch.MetricAlarmArgs;
  'aws:dynamodb/table:Table': aws.dynamodb.TableArgs;
  'aws:ec2/securityGroup:SecurityGroup': aws.ec2.SecurityGroupArgs;
  'aws:ec2/securityGroupRule:SecurityGroupRule': aws.ec2.SecurityGroupRuleArgs;
  'aws:iam/groupPolicy:GroupPolicy': aws.iam.GroupPolicyArgs;
  'aws:iam/groupPolicyAttachment:GroupPolicyAttachment': aws.iam.GroupPolicyAttachmentArgs;
  'aws:iam/policy:Policy': aws.iam.PolicyArgs;
  'aws:iam/policyAttachment:PolicyAttachment': aws.iam.PolicyAttachmentArgs;
  'aws:iam/role:Role': aws.iam.RoleArgs;
  'aws:iam/rolePolicy:RolePolicy': aws.iam.RolePolicyArgs;
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': aws.iam.RolePolicyAttachmentArgs;
  'aws:iam/userPolicy:UserPolicy': aws.iam.UserPolicyArgs;
  'aws:iam/userPolicyAttachment:UserPolicyAttachment': aws.iam.UserPolicyAttachmentArgs;
  'aws:kms/key:Key': aws.kms.KeyArgs;
  'aws:lambda/function:Function': aws.lambda.FunctionArgs;
  'aws:lambda/functionUrl:FunctionUrl': aws.lambda.FunctionUrlArgs;
  'aws:s3/bucket:Bucket': aws.s3.BucketArgs;
  'aws:s3/bucketPolicy:BucketPolicy': aws.s3.BucketPolicyArgs;
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': aws.s3.BucketPublicAccessBlockArgs;
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': aws.s3.BucketServerSideEncryptionConfigurationArgs;
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': aws.vpc.SecurityGroupIngressRuleArgs;
  'aws:wafv2/webAcl:WebAcl': aws.wafv2.WebAclArgs;
  'aws:wafv2/webAclAssociation:WebAclAssociation': aws.wafv2.WebAclAssociationArgs;
}

export type ResourceToken = keyof ResourceTypes;
