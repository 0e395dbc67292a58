import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import { statementsOf, type RegisteredStatement } from './policies.ts';
import type { Registered } from './registered.ts';

/** What AWS numbers itself. */
const NUMBERED = [
  /:model-package\/[^*/]+\/\*$/,
  /:pipeline\/[^*/]+\/execution\/\*$/,
  /:transform-job\/[^*]+-\*$/,
  /:(model-invocation-job|evaluation-job)\/\*$/,
];

/**
 * Why a statement may hold an asterisk, for every one that does. Anything that none of these describes is a finding.
 */
const REASONS: readonly { readonly why: string; readonly fits: (statement: RegisteredStatement) => boolean }[] = [
  {
    why: 'a key policy: there `*` is the key itself, and the account must stay able to administer it (KMS documentation)',
    fits: ({ resource, Resource }) => resource.startsWith('aws:kms/key:Key') && Resource.join() === '*',
  },
  { why: 'a refusal: the more it names, the better', fits: ({ Effect }) => Effect === 'Deny' },
  {
    why: 'streams of one log group: the writer names them',
    fits: ({ Action, Resource }) =>
      Action.every((action) => action.startsWith('logs:')) && Resource.every((arn) => /[^*]:log-stream:\*$/.test(arn)),
  },
  {
    why: 'objects of one bucket, for one AWS service: the service names them',
    fits: ({ Principal, Resource, Action }) =>
      Principal !== undefined && Action.join() === 's3:PutObject' && Resource.every((arn) => /^[^*]+\/\*$/.test(arn)),
  },
  {
    why: 'X-Ray has no resources to name',
    fits: ({ Action }) => Action.every((action) => JUSTIFIED.traces.Action.some((allowed) => allowed === action)),
  },
  {
    why: 'a registry login is the account’s, not a repository’s',
    fits: ({ Action }) => Action.join() === JUSTIFIED.registryLogin.Action.join(),
  },
  {
    why: 'Bedrock reranks and lists jobs without a resource to name: the model, and the jobs, are named beside it',
    fits: ({ Action }) =>
      [JUSTIFIED.rerank, JUSTIFIED.listInvocationJobs].some((justified) => Action.join() === justified.Action.join()),
  },
  {
    why: 'EC2 has no resource-level rights for what only describes',
    fits: ({ Action }) =>
      Action.every((action) => JUSTIFIED.describeNetwork.Action.some((allowed) => allowed === action)),
  },
  {
    why: 'network interfaces, named as they are made: their subnets are named beside them, or in the condition',
    fits: ({ Action, Resource, Condition }) =>
      Action.every((action) => /^ec2:((Create|Delete)NetworkInterface(Permission)?|CreateTags)$/.test(action)) &&
      Resource.every((arn) => !arn.includes('*') || /:network-interface\/\*$/.test(arn)) &&
      (Resource.some((arn) => arn.includes(':subnet/')) ||
        Condition?.['ArnEquals']?.['ec2:Subnet'] !== undefined ||
        Condition?.['StringEquals']?.['ec2:CreateAction'] === 'CreateNetworkInterface'),
  },
  {
    why: 'Lambda makes a function’s interfaces by its role, and checks the role on every resource; the code is refused them',
    fits: ({ Action }) => Action.join() === JUSTIFIED.functionInterfaces.Action.join(),
  },
  {
    why: 'sampling rules and log deliveries are the account’s, and Batch describes all jobs or none',
    fits: ({ Action }) =>
      [JUSTIFIED.samplingRules, JUSTIFIED.logDelivery, JUSTIFIED.describeJobs].some(
        (justified) => Action.join() === justified.Action.join(),
      ),
  },
  {
    why: 'functions that bring a schema up to date: Pulumi ends their names',
    fits: ({ Action, Resource }) =>
      Action.join() === 'lambda:InvokeFunction' && Resource.every((arn) => /^[^*]+:function:migrate-\*$/.test(arn)),
  },
  {
    why: 'runs of one workflow, and jobs of Batch: their names are made as they start',
    fits: ({ Action, Resource }) =>
      Action.every((action) => /^(states:(Describe|Stop)Execution|batch:TerminateJob)$/.test(action)) &&
      Resource.every((arn) => /:execution:[\w-]+:\*$|:batch:[^:*]+:[^:*]+:job\/\*$/.test(arn)),
  },
  {
    why: 'an endpoint policy: a door that grants nothing, with named actions, for this account or to what is named',
    fits: ({ resource, Action, Resource, Condition }) =>
      resource.startsWith('aws:ec2/vpcEndpoint:VpcEndpoint') &&
      !Action.some((action) => action.includes('*')) &&
      (!Resource.includes('*') || Condition?.['StringEquals']?.['aws:PrincipalAccount'] !== undefined),
  },
  {
    why: 'what AWS numbers below a name of ours, or names as it is submitted: versions, executions, jobs',
    fits: ({ Action, Resource }) =>
      Action.every((action) => /^(bedrock|sagemaker):[A-Za-z]+$/.test(action)) &&
      Resource.every((arn) => !arn.includes('*') || NUMBERED.some((shape) => shape.test(arn))),
  },
  {
    why: 'objects under one prefix of one bucket: who writes them names them',
    fits: ({ Action, Resource }) =>
      Action.every((action) =>
        /^s3:(Get|Put)Object$|^s3:(AbortMultipartUpload|ListMultipartUploadParts)$/.test(action),
      ) && Resource.every((arn) => /^arn:[^:*]+:s3:::[^/*]+\/[^*]+\/\*$/.test(arn)),
  },
  {
    why: 'files of one folder: whoever uploaded one, or was given it, may have it gone, and what was needed on the way goes with its batch',
    fits: ({ Sid, Action, Resource }) =>
      Sid === 'DeleteFiles' &&
      Action.join() === 's3:DeleteObject' &&
      Resource.every((arn) => /^arn:[^:*]+:s3:::[^/*]+\/(files|shards|parts|results)\/\*$/.test(arn)),
  },
  {
    why: 'a deploy role makes what has no name yet: services, verbs and Regions are listed, and refusals stand beside them',
    fits: ({ Sid, Action, Condition }) =>
      /^(MakeStacks|UseKeysThroughServices)$/.test(Sid) &&
      Action.every((action) => /^[a-z0-9-]+:[A-Z]/.test(action)) &&
      Condition?.['StringEquals']?.['aws:RequestedRegion'] !== undefined,
  },
  {
    why: 'parameters AWS publishes for everybody',
    fits: ({ Action, Resource }) =>
      Action.every((action) => /^ssm:GetParameters?$/.test(action)) &&
      Resource.every((arn) => /^arn:[^:*]+:ssm:[^:*]+::parameter\/aws\/service\/\*$/.test(arn)),
  },
  {
    why: 'paths of one API, for callers that come through named VPC endpoints',
    fits: ({ Action, Resource, Condition }) =>
      Action.join() === 'execute-api:Invoke' &&
      Resource.every((arn) => /^arn:[^*]+:execute-api:[^*]+\/\*$/.test(arn)) &&
      Condition?.['StringEquals']?.['aws:SourceVpce'] !== undefined,
  },
  {
    why: 'roles that stacks make, under a path that holds no other',
    fits: ({ Action, Resource }) =>
      Action.every((action) => /^iam:\w+$/.test(action)) &&
      Resource.every((arn) => /^arn:[^:*]+:iam::\d+:(role|instance-profile)\/plinth\/\*$/.test(arn)),
  },
  {
    why: 'objects of a bucket that a person or a pipeline works in as a whole: state, audit records, artifacts',
    fits: ({ Sid, Action, Resource }) =>
      /^(ReadState|WriteState|ReadAuditRecords|PipelineArtifacts)$/.test(Sid) &&
      Action.every((action) => /^s3:(Get|Put|Delete)Object\w*$/.test(action)) &&
      Resource.every((arn) => /^arn:[^:*]+:s3:::[^*]+\/\*$|^arn:aws:s3:[^*]+\/\*$/.test(arn)),
  },
  {
    why: 'neither EC2, nor price lists, nor a list of instance profiles has resources to name',
    fits: ({ Action }) =>
      Action.every((action) => JUSTIFIED.describeCapacity.Action.some((allowed) => allowed === action)),
  },
  {
    why: 'nodes, named as they are made: they must bear one cluster’s tag, and their images be Amazon’s',
    fits: ({ Action, Resource, Condition }) =>
      Action.every((action) =>
        /^ec2:(RunInstances|(Create|Delete)LaunchTemplate|Create(Fleet|Tags)|TerminateInstances)$/.test(action),
      ) &&
      Resource.every((arn) => /^arn:[^*]+\/\*$/.test(arn)) &&
      Object.entries(Condition?.['StringEquals'] ?? {}).some(
        ([key, value]) =>
          (/^aws:(Request|Resource)Tag\/kubernetes\.io\/cluster\//.test(key) && value === 'owned') ||
          (key === 'ec2:Owner' && value === 'amazon'),
      ),
  },
  {
    why: 'parameters AWS itself publishes to everyone',
    fits: ({ Action, Resource }) =>
      Action.join() === 'ssm:GetParameter' &&
      Resource.every((arn) =>
        /^arn:[^*]+::parameter\/aws\/service\/[^*]+$|^arn:[^*]+::parameter\/aws\/service\/[^*]+\/\*$/.test(arn),
      ),
  },
];

/** Statements with an asterisk in an action or a resource that no written reason covers. */
export function unjustifiedWildcards(resources: readonly Registered[]): RegisteredStatement[] {
  return statementsOf(resources).filter(
    (statement) =>
      [...statement.Action, ...statement.Resource].some((text) => text.includes('*')) &&
      !REASONS.some(({ fits }) => fits(statement)),
  );
}
