import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';
import { mayWriteState, type StateAccess } from './state-access.ts';

interface PulumiBuildArgs {
  readonly placement: Placement;
  readonly keyArn: pulumi.Input<string>;
  readonly stacks: readonly string[];
  readonly environments: readonly { readonly previewRoleArn: string; readonly deployRoleArn: string }[];
  readonly state: { readonly url: string; readonly access: StateAccess };
  readonly image: string;
  readonly logGroupName: pulumi.Input<string>;
  readonly logRetentionDays?: RetentionDays;
  readonly useArtifacts: readonly Statement[];
}

/**
 * The build that runs Pulumi on a commit. Its own role reaches the state and the roles of the environments, and changes nothing else:
 * what a build does to an account, it does as the role of that environment.
 */
export function pulumiBuild(name: string, args: PulumiBuildArgs, opts: { readonly parent: pulumi.Resource }) {
  const logs = new LogGroup(
    `${name}-build`,
    { name: args.logGroupName, keyArn: args.keyArn, retentionDays: args.logRetentionDays },
    opts,
  );
  const role = new aws.iam.Role(
    `${name}-build`,
    {
      description: 'Runs Pulumi, as the roles of the environments.',
      assumeRolePolicy: serviceTrust('codebuild.amazonaws.com', args.placement.account),
    },
    opts,
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-build`,
    {
      role: role.name,
      policy: policyDocument([
        logs.grantWrite(),
        ...args.useArtifacts,
        ...mayWriteState(args.state.access),
        {
          Sid: 'TakeRolesOfEnvironments',
          Effect: 'Allow',
          Action: ['sts:AssumeRole'],
          Resource: args.environments.flatMap(({ previewRoleArn, deployRoleArn }) => [previewRoleArn, deployRoleArn]),
        },
      ]),
    },
    opts,
  );
  const project = new aws.codebuild.Project(
    name,
    {
      description: 'Previews and deploys stacks.',
      serviceRole: role.arn,
      encryptionKey: args.keyArn,
      buildTimeout: 120,
      queuedTimeout: 60,
      // Two deployments at once would wait for each other's lock, or worse.
      concurrentBuildLimit: 1,
      source: { type: 'CODEPIPELINE', buildspec: buildSpec(args.stacks, args.state.url) },
      artifacts: { type: 'CODEPIPELINE' },
      environment: {
        type: 'LINUX_CONTAINER',
        computeType: 'BUILD_GENERAL1_MEDIUM',
        image: args.image,
        imagePullCredentialsType: 'SERVICE_ROLE',
        privilegedMode: false,
      },
      logsConfig: { cloudwatchLogs: { groupName: logs.logGroupName, status: 'ENABLED' } },
    },
    { ...opts, dependsOn: policy },
  );
  return { project, role };
}

/**
 * What the build does, in CodeBuild's own format; JSON is YAML. The state is reached as the build's role, AWS as the environment's:
 * Pulumi's AWS provider takes the role by itself (`aws:assumeRoles`).
 */
function buildSpec(stacks: readonly string[], stateUrl: string): string {
  const packs = ['baseline', 'genai'].map((pack) => `--policy-pack "$CODEBUILD_SRC_DIR/policies/${pack}"`).join(' ');
  const role = '--config-path --config "aws:assumeRoles[0].roleArn=$PLINTH_ROLE_ARN"';
  return JSON.stringify({
    version: 0.2,
    env: { variables: { PULUMI_SKIP_UPDATE_CHECK: 'true', PULUMI_BACKEND_URL: stateUrl } },
    phases: {
      install: { commands: ['npm ci'] },
      build: {
        commands: [
          'npx nx run-many -t build',
          'if [ "$PLINTH_COMMAND" = up ]; then agree="--yes"; else agree=""; fi',
          ...stacks.map(
            (folder) =>
              `pulumi "$PLINTH_COMMAND" $agree --non-interactive --diff --cwd "${folder}" --stack "$PLINTH_ENVIRONMENT" ${packs} ${role}`,
          ),
        ],
      },
    },
  });
}
