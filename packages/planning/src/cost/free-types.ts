/** Types AWS bills nothing for by themselves: what they describe is billed where it runs, or not at all. */
const FREE: readonly RegExp[] = [
  /^aws:iam\//,
  /^aws:apigateway\/(?!restApi:|stage:)/,
  /^aws:apigatewayv2\/(?!api:)/,
  /^aws:appautoscaling\//,
  /^aws:autoscaling\/(?!group:)/,
  /^aws:backup\//,
  /^aws:bedrock\/(guardrailVersion|agent|flow|prompt)/,
  /^aws:bedrock\/(agentKnowledgeBase|agentDataSource)/,
  /^aws:bedrockmodel\//,
  /^aws:batch\/(jobDefinition|jobQueue|schedulingPolicy)/,
  /^aws:budgets\//,
  /^aws:cloudtrail\/eventDataStore/,
  /^aws:cloudwatch\/(logResourcePolicy|logMetricFilter|logSubscriptionFilter|eventRule|eventTarget|queryDefinition|logDataProtectionPolicy)/,
  /^aws:cognito\/(?!userPool:)/,
  /^aws:costexplorer\//,
  /^aws:dynamodb\/(?!table:|globalTable:)/,
  /^aws:ec2\/(vpc|subnet|route|routeTable|routeTableAssociation|internetGateway|egressOnlyInternetGateway|securityGroup|securityGroupRule|networkAcl|networkAclRule|flowLog|launchTemplate|vpcDhcpOptions|defaultSecurityGroup|vpcEndpointRouteTableAssociation|placementGroup|capacityReservation|localGatewayRouteTableVpcAssociation|localGatewayRoute|eipAssociation|mainRouteTableAssociation|carrierGateway|networkInterfaceSecurityGroupAttachment):/,
  /^aws:ecr\/(?!repository:)/,
  /^aws:ecs\/(?!service:)/,
  /^aws:efs\/(mountTarget|accessPoint|fileSystemPolicy|backupPolicy)/,
  /^aws:eks\/(addon|accessEntry|accessPolicyAssociation|podIdentityAssociation|identityProviderConfig)/,
  /^aws:kms\/(?!key:)/,
  /^aws:lambda\/(?!function:|provisionedConcurrencyConfig:)/,
  /^aws:(lb|alb)\/(?!loadBalancer:)/,
  /^aws:rds\/(?!cluster:|clusterInstance:|instance:|proxy:)/,
  /^aws:resourcegroups\//,
  /^aws:s3\/(?!bucket:|bucketV2:|vectors)/,
  /^aws:s3vectors\/(?!index:)/,
  /^aws:sagemaker\/(endpoint|model|modelPackageGroup|modelPackageGroupPolicy|pipeline|domain|userProfile|dataQualityJobDefinition|monitoringSchedule|humanTaskUI|flowDefinition|image|imageVersion|project|studioLifecycleConfig):/,
  /^aws:scheduler\/scheduleGroup/,
  /^aws:secretsmanager\/(?!secret:)/,
  /^aws:securityhub\/|^aws:accessanalyzer\//,
  /^aws:servicediscovery\//,
  /^aws:sns\/(?!topic:)/,
  /^aws:sqs\/(?!queue:)/,
  /^aws:ssm\//,
  /^aws:vpc\/(securityGroup(Ingress|Egress)Rule)/,
  /^aws:wafv2\/(?!webAcl:)/,
  /^aws:xray\//,
  // Pods cost what the machines they run on do.
  /^kubernetes:/,
  /^random:|^tls:/,
];

export function isFree(type: string): boolean {
  return FREE.some((pattern) => pattern.test(type));
}

/** CloudFormation types reached through Cloud Control that cost nothing by themselves. */
export const FREE_CLOUD_CONTROL: ReadonlySet<string> = new Set(['AWS::SageMaker::InferenceComponent']);
