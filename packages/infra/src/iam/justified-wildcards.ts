import type { Statement } from './statement.ts';

/**
 * The only statements that may name every resource, each with the reason. Tests walk every policy the stacks register and
 * fail on a wildcard that is not one of these.
 */
export const JUSTIFIED = {
  /** X-Ray has no resources to name: AWS accepts these two actions on `*` alone. */
  traces: {
    Sid: 'WriteTraces',
    Effect: 'Allow',
    Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    Resource: '*',
  },
  /** A registry's login is the account's, not a repository's: ECR accepts this action on `*` alone. */
  registryLogin: {
    Sid: 'LogInToRegistry',
    Effect: 'Allow',
    Action: ['ecr:GetAuthorizationToken'],
    Resource: '*',
  },
  /** Bedrock accepts this action on `*` alone: which model may judge is said by `bedrock:InvokeModel`. */
  rerank: { Sid: 'Rerank', Effect: 'Allow', Action: ['bedrock:Rerank'], Resource: '*' },
  /** Bedrock accepts this action on `*` alone: which jobs may be stopped is said by `bedrock:StopModelInvocationJob`. */
  listInvocationJobs: {
    Sid: 'FindBatches',
    Effect: 'Allow',
    Action: ['bedrock:ListModelInvocationJobs'],
    Resource: '*',
  },
  /** EC2 has no resource-level rights for what only describes. */
  describeNetwork: {
    Sid: 'DescribeNetwork',
    Effect: 'Allow',
    Action: [
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeVpcs',
      'ec2:DescribeDhcpOptions',
      'ec2:DescribeSubnets',
      'ec2:DescribeSecurityGroups',
    ],
    Resource: '*',
  },
  /** As above, for what may be started, and what it costs: Karpenter chooses nodes by it. */
  describeCapacity: {
    Sid: 'DescribeCapacity',
    Effect: 'Allow',
    Action: [
      'ec2:DescribeImages',
      'ec2:DescribeInstanceStatus',
      'ec2:DescribeInstanceTypeOfferings',
      'ec2:DescribeInstanceTypes',
      'ec2:DescribeInstances',
      'ec2:DescribeLaunchTemplates',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSpotPriceHistory',
      'ec2:DescribeSubnets',
      'iam:ListInstanceProfiles',
      'pricing:GetProducts',
    ],
    Resource: '*',
  },
  /** X-Ray's sampling rules are the account's. Workflows ask for them before they trace. */
  samplingRules: {
    Sid: 'ReadSamplingRules',
    Effect: 'Allow',
    Action: ['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    Resource: '*',
  },
  /** Log deliveries of AWS services have no resources to name (Step Functions developer guide, logging). */
  logDelivery: {
    Sid: 'SetUpLogDelivery',
    Effect: 'Allow',
    Action: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    Resource: '*',
  },
  /** Batch has no resource-level rights for what only describes. */
  describeJobs: {
    Sid: 'DescribeJobs',
    Effect: 'Allow',
    Action: ['batch:DescribeJobs'],
    Resource: '*',
  },
  /** Lambda checks the role for these on every resource, and makes the interfaces by it. `functionInterfaces()` refuses them to the code. */
  functionInterfaces: {
    Sid: 'MakeFunctionInterfaces',
    Effect: 'Allow',
    Action: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    Resource: '*',
  },
} as const satisfies Record<string, Statement>;
