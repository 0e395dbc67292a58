import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument, type Statement } from '../iam/statement.ts';
import type { CognitoUserPool } from './cognito-user-pool.ts';

export interface BrowserIdentityArgs {
  people: CognitoUserPool;
  region: string;
  /** What a signed-in browser or phone may do with AWS directly: the streaming calls of approved models, and the guardrail. */
  statements: readonly Statement[];
}

/**
 * AWS credentials, good for an hour, for people who are signed in: their browser or phone can then call Bedrock itself. Nobody gets
 * any without signing in, and only by the enhanced flow, in which Cognito picks the role.
 */
export class BrowserIdentity extends pulumi.ComponentResource {
  readonly identityPoolId: pulumi.Output<string>;

  constructor(name: string, args: BrowserIdentityArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:fronts:BrowserIdentity', name, {}, opts);
    const parent = { parent: this };
    const pool = new aws.cognito.IdentityPool(
      name,
      {
        identityPoolName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
        allowUnauthenticatedIdentities: false,
        allowClassicFlow: false,
        cognitoIdentityProviders: [
          {
            clientId: args.people.clientId,
            providerName: pulumi.interpolate`cognito-idp.${args.region}.amazonaws.com/${args.people.userPoolId}`,
            // A token that was revoked opens nothing.
            serverSideTokenCheck: true,
          },
        ],
      },
      parent,
    );
    const role = new aws.iam.Role(
      name,
      {
        description: 'Signed-in people call approved models directly.',
        maxSessionDuration: 3600,
        assumeRolePolicy: policyDocument([
          {
            Sid: 'SignedInPeopleOfThisPool',
            Effect: 'Allow',
            Principal: { Federated: 'cognito-identity.amazonaws.com' },
            Action: ['sts:AssumeRoleWithWebIdentity'],
            Condition: {
              StringEquals: { 'cognito-identity.amazonaws.com:aud': pool.id },
              'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
            },
          },
        ]),
      },
      parent,
    );
    new aws.iam.RolePolicy(name, { role: role.name, policy: policyDocument(args.statements) }, parent);
    new aws.cognito.IdentityPoolRoleAttachment(
      name,
      { identityPoolId: pool.id, roles: { authenticated: role.arn } },
      parent,
    );
    this.identityPoolId = pool.id;
    this.registerOutputs({ identityPoolId: this.identityPoolId });
  }
}
