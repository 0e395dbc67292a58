import type * as aws from '@pulumi/aws';

/**
 * A Kubernetes object. Rules read these by path (see read.ts): they are deep, and custom ones have no types at all.
 */
export interface Manifest {
  readonly metadata?: object;
  readonly spec?: object;
}

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
  'aws:appautoscaling/target:Target': aws.appautoscaling.TargetArgs;
  'aws:autoscaling/group:Group': aws.autoscaling.GroupArgs;
  'aws:batch/computeEnvironment:ComputeEnvironment': aws.batch.ComputeEnvironmentArgs;
  'aws:batch/jobDefinition:JobDefinition': aws.batch.JobDefinitionArgs;
  'aws:bedrock/agentAgent:AgentAgent': aws.bedrock.AgentAgentArgs;
  'aws:bedrock/customModel:CustomModel': aws.bedrock.CustomModelArgs;
  'aws:bedrock/guardrail:Guardrail': aws.bedrock.GuardrailArgs;
  'aws:bedrock/inferenceProfile:InferenceProfile': aws.bedrock.InferenceProfileArgs;
  'aws:bedrock/provisionedModelThroughput:ProvisionedModelThroughput': aws.bedrock.ProvisionedModelThroughputArgs;
  'aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration': aws.bedrockmodel.InvocationLoggingConfigurationArgs;
  'aws:budgets/budget:Budget': aws.budgets.BudgetArgs;
  'aws:cloudwatch/logGroup:LogGroup': aws.cloudwatch.LogGroupArgs;
  'aws:cloudwatch/metricAlarm:MetricAlarm': aws.cloudwatch.MetricAlarmArgs;
  'aws:dynamodb/table:Table': aws.dynamodb.TableArgs;
  'aws:ec2/instance:Instance': aws.ec2.InstanceArgs;
  'aws:ec2/launchTemplate:LaunchTemplate': aws.ec2.LaunchTemplateArgs;
  'aws:ec2/route:Route': aws.ec2.RouteArgs;
  'aws:ec2/routeTable:RouteTable': aws.ec2.RouteTableArgs;
  'aws:ec2/securityGroup:SecurityGroup': aws.ec2.SecurityGroupArgs;
  'aws:ec2/securityGroupRule:SecurityGroupRule': aws.ec2.SecurityGroupRuleArgs;
  'aws:ec2/subnet:Subnet': aws.ec2.SubnetArgs;
  'aws:ec2/vpc:Vpc': aws.ec2.VpcArgs;
  'aws:ec2/vpcEndpoint:VpcEndpoint': aws.ec2.VpcEndpointArgs;
  'aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy': aws.ec2.VpcEndpointPolicyArgs;
  'aws:ecr/repository:Repository': aws.ecr.RepositoryArgs;
  'aws:ecs/taskDefinition:TaskDefinition': aws.ecs.TaskDefinitionArgs;
  'aws:eks/cluster:Cluster': aws.eks.ClusterArgs;
  'aws:eks/nodeGroup:NodeGroup': aws.eks.NodeGroupArgs;
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
  'aws:lb/loadBalancer:LoadBalancer': aws.lb.LoadBalancerArgs;
  'aws:rds/cluster:Cluster': aws.rds.ClusterArgs;
  'aws:rds/clusterInstance:ClusterInstance': aws.rds.ClusterInstanceArgs;
  'aws:rds/instance:Instance': aws.rds.InstanceArgs;
  'aws:s3/bucket:Bucket': aws.s3.BucketArgs;
  'aws:s3/bucketPolicy:BucketPolicy': aws.s3.BucketPolicyArgs;
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': aws.s3.BucketPublicAccessBlockArgs;
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': aws.s3.BucketServerSideEncryptionConfigurationArgs;
  'aws:sagemaker/endpoint:Endpoint': aws.sagemaker.EndpointArgs;
  'aws:sagemaker/endpointConfiguration:EndpointConfiguration': aws.sagemaker.EndpointConfigurationArgs;
  'aws:sagemaker/model:Model': aws.sagemaker.ModelArgs;
  'aws:sqs/queue:Queue': aws.sqs.QueueArgs;
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': aws.vpc.SecurityGroupIngressRuleArgs;
  'aws:wafv2/webAcl:WebAcl': aws.wafv2.WebAclArgs;
  'aws:wafv2/webAclAssociation:WebAclAssociation': aws.wafv2.WebAclAssociationArgs;
  'kubernetes:apps/v1:DaemonSet': Manifest;
  'kubernetes:apps/v1:Deployment': Manifest;
  'kubernetes:apps/v1:ReplicaSet': Manifest;
  'kubernetes:apps/v1:StatefulSet': Manifest;
  'kubernetes:batch/v1:CronJob': Manifest;
  'kubernetes:batch/v1:Job': Manifest;
  'kubernetes:core/v1:Pod': Manifest;
  'kubernetes:core/v1:Service': Manifest;
  'kubernetes:karpenter.sh/v1:NodePool': Manifest;
  'kubernetes:networking.k8s.io/v1:NetworkPolicy': Manifest;
}

export type ResourceToken = keyof ResourceTypes;
