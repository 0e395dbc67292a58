import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, type Statement } from '../iam/statement.ts';
import { mayReadPublicParameters, NO_CONTENTS, NO_SECRETS } from './contents.ts';
import { deployDocuments, mayRunMigrations } from './deploy-permissions.ts';
import { DELIVERY_PATH, deployRefusals } from './deploy-refusals.ts';
import { mayReadState, mayWriteState, type StateAccess } from './state-access.ts';
import { mayMakeRoles } from './workload-roles.ts';

export interface GitHubRolesArgs {
  placement: Placement;
  /** `owner/name` of the one repository that may come in. */
  repository: string;
  /** GitHub environments whose jobs may deploy. Who may start such a job is for the environment's own protection rules to say. */
  environments: readonly string[];
  state: StateAccess;
  /**
   * Managed policy that every role of a stack must carry as its permissions boundary (see `boundedBy`). It is the administrators', not
   * ours: what bounds deployments is not made by them.
   */
  workloadBoundaryArn: pulumi.Input<string>;
  /** Boundary of the two roles themselves, where the organisation has one. @default none */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /** Regions that stacks are deployed to. @default the placement's */
  regions?: readonly string[];
  /** Buckets, keys and log groups of the foundation that a deployment may use but not change. @default none */
  protectedArns?: readonly pulumi.Input<string>[];
  /** Minutes until credentials run out, 60 to 720. @default 60 */
  sessionMinutes?: number;
  /** GitHub's OIDC provider in this account; AWS takes one. @default one is made here */
  providerArn?: pulumi.Input<string>;
}

const ISSUER = 'token.actions.githubusercontent.com';
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/;

/**
 * Two roles for GitHub Actions, without a stored secret: one that pull requests preview with, which changes nothing and reads no
 * data; and one that deploys, only from jobs of named GitHub environments. Neither can change itself, the other, or the audit trail.
 *
 * Deploy the foundation itself as an administrator: what guards deployments is not deployed by them.
 */
export class GitHubRoles extends pulumi.ComponentResource {
  readonly previewRoleArn: pulumi.Output<string>;
  readonly deployRoleArn: pulumi.Output<string>;

  constructor(name: string, args: GitHubRolesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    refuseMistakes(name, args);
    super('plinth:delivery:GitHubRoles', name, {}, opts);
    const parent = { parent: this };
    const { placement, repository, state } = args;
    const regions = args.regions ?? [placement.region];
    const providerArn =
      args.providerArn ??
      new aws.iam.OpenIdConnectProvider(
        name,
        { url: `https://${ISSUER}`, clientIdLists: ['sts.amazonaws.com'] },
        parent,
      ).arn;
    const role = (purpose: string, description: string, subjects: string[]) =>
      new aws.iam.Role(
        `${name}-${purpose}`,
        {
          path: DELIVERY_PATH,
          description,
          maxSessionDuration: (args.sessionMinutes ?? 60) * 60,
          permissionsBoundary: args.permissionsBoundaryArn,
          assumeRolePolicy: policyDocument([trustOf(providerArn, subjects)]),
        },
        parent,
      );

    const preview = role('preview', 'Pull requests preview stacks: reads settings, changes nothing.', [
      `repo:${repository}:pull_request`,
    ]);
    new aws.iam.RolePolicyAttachment(
      `${name}-preview`,
      {
        role: preview.name,
        policyArn: pulumi.interpolate`arn:${placement.partition}:iam::aws:policy/job-function/ViewOnlyAccess`,
      },
      parent,
    );
    new aws.iam.RolePolicy(
      `${name}-preview`,
      {
        role: preview.name,
        policy: policyDocument([
          ...mayReadState(state),
          mayReadPublicParameters(placement, regions),
          NO_CONTENTS,
          NO_SECRETS,
        ]),
      },
      parent,
    );

    const deploy = role(
      'deploy',
      'Deploys use-case stacks, from protected environments alone.',
      args.environments.map((environment) => `repo:${repository}:environment:${environment}`),
    );
    for (const [index, document] of deployDocuments(regions).entries()) {
      const policy = new aws.iam.Policy(
        `${name}-deploy-${index}`,
        { path: DELIVERY_PATH, policy: policyDocument(document) },
        parent,
      );
      new aws.iam.RolePolicyAttachment(`${name}-deploy-${index}`, { role: deploy.name, policyArn: policy.arn }, parent);
    }
    new aws.iam.RolePolicy(
      `${name}-deploy`,
      {
        role: deploy.name,
        policy: policyDocument([
          ...mayWriteState(state),
          ...mayMakeRoles(placement, args.workloadBoundaryArn),
          mayRunMigrations(placement, regions),
          ...deployRefusals(placement, args.protectedArns ?? []),
          NO_CONTENTS,
        ]),
      },
      parent,
    );

    this.previewRoleArn = preview.arn;
    this.deployRoleArn = deploy.arn;
    this.registerOutputs({ previewRoleArn: this.previewRoleArn, deployRoleArn: this.deployRoleArn });
  }
}

/** Whole subjects, compared letter by letter: a pattern here lets in forks, branches or other repositories sooner or later. */
function trustOf(providerArn: pulumi.Input<string>, subjects: string[]): Statement {
  return {
    Sid: 'JobsOfThisRepository',
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: ['sts:AssumeRoleWithWebIdentity'],
    Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: subjects } },
  };
}

function refuseMistakes(name: string, { repository, environments, sessionMinutes = 60 }: GitHubRolesArgs): void {
  if (!REPOSITORY.test(repository))
    throw new StackError(
      `GitHub roles ${name}: "${repository}" is not a repository. Write owner/name, with no pattern.`,
    );
  if (environments.length === 0)
    throw new StackError(`GitHub roles ${name}: name at least one GitHub environment that may deploy.`);
  const pattern = environments.find((environment) => /[*?:]/.test(environment));
  if (pattern !== undefined)
    throw new StackError(`GitHub roles ${name}: environment "${pattern}" is a pattern. Name each environment in full.`);
  if (sessionMinutes < 60 || sessionMinutes > 720)
    throw new StackError(`GitHub roles ${name}: sessionMinutes must be 60 to 720, as AWS has it.`);
}
