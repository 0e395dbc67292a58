import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { PrivateBucket } from '../data/private-bucket.ts';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import type { RetentionDays } from '../observability/log-group.ts';
import { pulumiBuild } from './pulumi-build.ts';
import type { StateAccess } from './state-access.ts';

export interface DeliveryEnvironment {
  /** Name of the Pulumi stacks, for example `production`. */
  readonly name: string;
  /** Role of that environment's account that previews; the build takes it. */
  readonly previewRoleArn: string;
  /** Role of that environment's account that deploys; the build takes it. */
  readonly deployRoleArn: string;
  /** Somebody reads the preview and agrees, before anything is changed. */
  readonly approval: boolean;
}

export interface DeliveryPipelineArgs {
  placement: Placement;
  /** Customer-managed key of artifacts and logs; its policy lets CloudWatch Logs use it. */
  keyArn: pulumi.Input<string>;
  source: {
    /** CodeConnections connection to GitHub, GitLab or Bitbucket. */
    readonly connectionArn: pulumi.Input<string>;
    /** `owner/name`. */
    readonly repository: string;
    readonly branch: string;
  };
  /** Folders of the stacks, in the order they are deployed in, for example `stacks/public-chat`. */
  stacks: readonly string[];
  /** In the order a commit travels. */
  environments: readonly DeliveryEnvironment[];
  /** Where Pulumi keeps state: as {@link StateAccess}, with the URL it logs in to. */
  state: { readonly url: string; readonly access: Extract<StateAccess, { kind: 's3' }> };
  /** Container image with Node.js and Pulumi, pinned by digest. */
  image: string;
  /** Topic that hears of approvals that wait. */
  topicArn: pulumi.Input<string>;
  /** Physical name of the builds' log group. */
  logGroupName: pulumi.Input<string>;
  /** @default 365 */
  logRetentionDays?: RetentionDays;
  /** Let `pulumi destroy` delete the artifacts too. @default false */
  forceDestroy?: boolean;
}

const SOURCE = 'source';

/**
 * Delivery inside AWS, for teams that do not deploy from GitHub Actions: every commit of a branch is previewed with both policy packs,
 * agreed to by a person where an environment asks for it, deployed, and then goes on to the next environment.
 */
export class DeliveryPipeline extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly pipelineName: pulumi.Output<string>;
  /** Role of the builds: what the environments' roles must trust. */
  readonly buildRoleArn: pulumi.Output<string>;

  constructor(name: string, args: DeliveryPipelineArgs, opts: pulumi.ComponentResourceOptions = {}) {
    refuseMistakes(name, args);
    super('plinth:delivery:DeliveryPipeline', name, {}, opts);
    const parent = { parent: this };
    const { placement, keyArn, source } = args;
    const artifacts = new PrivateBucket(name, { keyArn, expireAfterDays: 30, forceDestroy: args.forceDestroy }, parent);
    const useArtifacts: Statement[] = [
      {
        Sid: 'PipelineArtifacts',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
        Resource: [pulumi.interpolate`${artifacts.arn}/*`],
      },
      { Sid: 'SealArtifacts', Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: [keyArn] },
    ];
    const builds = pulumiBuild(name, { ...args, useArtifacts }, parent);
    const role = new aws.iam.Role(
      `${name}-pipeline`,
      {
        description: 'Moves commits from environment to environment.',
        assumeRolePolicy: serviceTrust('codepipeline.amazonaws.com', placement.account),
      },
      parent,
    );
    const rolePolicy = new aws.iam.RolePolicy(
      `${name}-pipeline`,
      {
        role: role.name,
        policy: policyDocument([
          ...useArtifacts,
          {
            Sid: 'ReadSource',
            Effect: 'Allow',
            Action: ['codestar-connections:UseConnection', 'codeconnections:UseConnection'],
            Resource: [source.connectionArn],
          },
          {
            Sid: 'RunBuilds',
            Effect: 'Allow',
            Action: ['codebuild:StartBuild', 'codebuild:BatchGetBuilds'],
            Resource: [builds.project.arn],
          },
          { Sid: 'TellOfApprovals', Effect: 'Allow', Action: ['sns:Publish'], Resource: [args.topicArn] },
        ]),
      },
      parent,
    );
    const pipeline = new aws.codepipeline.Pipeline(
      name,
      {
        pipelineType: 'V2',
        // A newer commit takes the place of one that waits; none overtakes another half-way.
        executionMode: 'SUPERSEDED',
        roleArn: role.arn,
        artifactStores: [{ type: 'S3', location: artifacts.bucketName, encryptionKey: { type: 'KMS', id: keyArn } }],
        stages: [sourceStage(source), ...args.environments.map((each) => stageOf(each, builds.project.name, args))],
      },
      { parent: this, dependsOn: [rolePolicy, artifacts.policy] },
    );
    this.arn = pipeline.arn;
    this.pipelineName = pipeline.name;
    this.buildRoleArn = builds.role.arn;
    this.registerOutputs({ arn: this.arn, buildRoleArn: this.buildRoleArn });
  }
}

function sourceStage({ connectionArn, repository, branch }: DeliveryPipelineArgs['source']) {
  return {
    name: 'Source',
    actions: [
      {
        name: 'Commit',
        category: 'Source',
        owner: 'AWS',
        provider: 'CodeStarSourceConnection',
        version: '1',
        outputArtifacts: [SOURCE],
        configuration: { ConnectionArn: connectionArn, FullRepositoryId: repository, BranchName: branch },
      },
    ],
  };
}

function stageOf(environment: DeliveryEnvironment, project: pulumi.Input<string>, { topicArn }: DeliveryPipelineArgs) {
  const build = (name: string, command: 'preview' | 'up', roleArn: string, runOrder: number) => ({
    name,
    category: 'Build',
    owner: 'AWS',
    provider: 'CodeBuild',
    version: '1',
    runOrder,
    inputArtifacts: [SOURCE],
    configuration: {
      ProjectName: project,
      EnvironmentVariables: JSON.stringify([
        { name: 'PLINTH_COMMAND', value: command },
        { name: 'PLINTH_ENVIRONMENT', value: environment.name },
        { name: 'PLINTH_ROLE_ARN', value: roleArn },
      ]),
    },
  });
  const approval = {
    name: 'Approve',
    category: 'Approval',
    owner: 'AWS',
    provider: 'Manual',
    version: '1',
    runOrder: 2,
    configuration: {
      NotificationArn: topicArn,
      CustomData: `Read the preview of ${environment.name} in the build before this step, then decide.`,
    },
  };
  return {
    name: environment.name,
    actions: [
      build('Preview', 'preview', environment.previewRoleArn, 1),
      ...(environment.approval ? [approval] : []),
      build('Deploy', 'up', environment.deployRoleArn, 3),
    ],
  };
}

function refuseMistakes(name: string, { environments, stacks, image, source }: DeliveryPipelineArgs): void {
  const production = environments.find((each) => each.name === 'production');
  if (production?.approval === false)
    throw new StackError(`Pipeline ${name} would change production unasked. Set its approval to true.`);
  if (environments.length === 0 || stacks.length === 0)
    throw new StackError(`Pipeline ${name} delivers nothing. Name its environments and the folders of its stacks.`);
  const odd = [...stacks, ...environments.map((each) => each.name)].find((text) => !/^[\w./-]+$/.test(text));
  if (odd !== undefined)
    throw new StackError(`Pipeline ${name}: "${odd}" is no folder or environment a shell may be given.`);
  if (!/@sha256:[0-9a-f]{64}$/.test(image))
    throw new StackError(
      `Pipeline ${name}: pin the image by digest, as name@sha256:…; a tag can be moved under a deployment.`,
    );
  if (!/^[\w.-]+\/[\w.-]+$/.test(source.repository))
    throw new StackError(`Pipeline ${name}: "${source.repository}" is not a repository. Write owner/name.`);
}
