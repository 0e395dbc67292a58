import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface CognitoUserPoolArgs {
  region: string;
  /** First part of the sign-in page's address; unique in the Region over all of AWS. */
  domainPrefix: pulumi.Input<string>;
  /** Where the sign-in page may send people back to. */
  callbackUrls: readonly string[];
  /** @default the callback URLs */
  logoutUrls?: readonly string[];
  /** People may create an account themselves. @default false */
  selfSignUp?: boolean;
  /** A second factor (authenticator app): offered or demanded. @default 'ON' */
  mfa?: 'ON' | 'OPTIONAL';
  /** Refuse leaked passwords and odd sign-ins; this is Cognito's Plus tier, billed per active person. @default true */
  threatProtection?: boolean;
  /** Refuse to delete the pool. @default true */
  deletionProtection?: boolean;
  /** Where people sign in instead: then the pool has no passwords of its own. @default the pool itself */
  federation?: OidcFederation;
}

/** An OpenID Connect provider of the company. */
export interface OidcFederation {
  /** Issuer, as its tokens say it: `https://login.example.com/tenant`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: pulumi.Input<string>;
  /** Claim that holds a person's groups. They arrive as {@link GROUPS_ATTRIBUTE}. @default 'groups' */
  readonly groupsClaim?: string;
  /** Claim that holds a person's tenant. @default none */
  readonly tenantClaim?: string;
}

/** Claim of our ID tokens that carries the groups of people who sign in by a provider. */
export const GROUPS_ATTRIBUTE = 'custom:groups';
const PROVIDER = 'company';

/**
 * The people of a front, and the public client their browser or phone signs in with: authorization code with PKCE, no client
 * secret, short tokens.
 */
export class CognitoUserPool extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly userPoolId: pulumi.Output<string>;
  readonly clientId: pulumi.Output<string>;
  /** Issuer of its tokens, as their `iss` says it. */
  readonly issuer: pulumi.Output<string>;

  constructor(name: string, args: CognitoUserPoolArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:fronts:CognitoUserPool', name, {}, opts);
    const parent = { parent: this };
    const protect = args.threatProtection ?? true;
    const { federation } = args;
    const pool = new aws.cognito.UserPool(
      name,
      {
        usernameAttributes: ['email'],
        autoVerifiedAttributes: ['email'],
        usernameConfiguration: { caseSensitive: false },
        adminCreateUserConfig: { allowAdminCreateUserOnly: !(args.selfSignUp ?? false) },
        passwordPolicy: {
          minimumLength: 14,
          requireLowercase: true,
          requireUppercase: true,
          requireNumbers: true,
          requireSymbols: false,
          temporaryPasswordValidityDays: 3,
        },
        mfaConfiguration: args.mfa ?? 'ON',
        softwareTokenMfaConfiguration: { enabled: true },
        accountRecoverySetting: { recoveryMechanisms: [{ name: 'verified_email', priority: 1 }] },
        // A changed address counts only once it is verified; until then the old one stays.
        userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ['email'] },
        userPoolTier: protect ? 'PLUS' : 'ESSENTIALS',
        userPoolAddOns: { advancedSecurityMode: protect ? 'ENFORCED' : 'OFF' },
        schemas: [
          {
            name: 'tenant',
            attributeDataType: 'String',
            mutable: true,
            stringAttributeConstraints: { minLength: '1', maxLength: '128' },
          },
          ...(federation === undefined
            ? []
            : [
                {
                  name: 'groups',
                  attributeDataType: 'String',
                  mutable: true,
                  stringAttributeConstraints: { minLength: '0', maxLength: '2048' },
                },
              ]),
        ],
        deletionProtection: (args.deletionProtection ?? true) ? 'ACTIVE' : 'INACTIVE',
      },
      parent,
    );
    const provider = federation && federated(name, pool.id, federation, parent);
    const client = new aws.cognito.UserPoolClient(
      name,
      {
        userPoolId: pool.id,
        generateSecret: false,
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ['code'],
        allowedOauthScopes: ['openid', 'email', 'profile'],
        supportedIdentityProviders: [provider?.providerName ?? 'COGNITO'],
        callbackUrls: [...args.callbackUrls],
        logoutUrls: [...(args.logoutUrls ?? args.callbackUrls)],
        explicitAuthFlows: [...(provider ? [] : ['ALLOW_USER_SRP_AUTH']), 'ALLOW_REFRESH_TOKEN_AUTH'],
        preventUserExistenceErrors: 'ENABLED',
        enableTokenRevocation: true,
        readAttributes: ['email', 'email_verified', 'name', 'custom:tenant', ...(federation ? [GROUPS_ATTRIBUTE] : [])],
        // Not the tenant: whoever could write it could spend another tenant's budget.
        writeAttributes: ['email', 'name', ...(federation ? written(federation) : [])],
        idTokenValidity: 60,
        accessTokenValidity: 60,
        refreshTokenValidity: 30,
        tokenValidityUnits: { idToken: 'minutes', accessToken: 'minutes', refreshToken: 'days' },
      },
      parent,
    );
    new aws.cognito.UserPoolDomain(
      name,
      { userPoolId: pool.id, domain: args.domainPrefix, managedLoginVersion: 2 },
      parent,
    );
    new aws.cognito.ManagedLoginBranding(
      name,
      { userPoolId: pool.id, clientId: client.id, useCognitoProvidedValues: true },
      parent,
    );
    this.arn = pool.arn;
    this.userPoolId = pool.id;
    this.clientId = client.id;
    this.issuer = pulumi.interpolate`https://cognito-idp.${args.region}.amazonaws.com/${pool.id}`;
    this.registerOutputs({ arn: this.arn, userPoolId: this.userPoolId, clientId: this.clientId });
  }
}

function federated(
  name: string,
  userPoolId: pulumi.Input<string>,
  federation: OidcFederation,
  opts: pulumi.CustomResourceOptions,
): aws.cognito.IdentityProvider {
  const { issuer, clientId, clientSecret, groupsClaim = 'groups', tenantClaim } = federation;
  return new aws.cognito.IdentityProvider(
    name,
    {
      userPoolId,
      providerName: PROVIDER,
      providerType: 'OIDC',
      providerDetails: {
        oidc_issuer: issuer,
        client_id: clientId,
        client_secret: clientSecret,
        attributes_request_method: 'GET',
        authorize_scopes: 'openid email profile',
      },
      attributeMapping: {
        username: 'sub',
        email: 'email',
        name: 'name',
        [GROUPS_ATTRIBUTE]: groupsClaim,
        ...(tenantClaim !== undefined && { 'custom:tenant': tenantClaim }),
      },
    },
    opts,
  );
}

/**
 * Cognito copies a provider's claims only into attributes its client may write. People cannot use that right: it takes an access token with
 * the scope `aws.cognito.signin.user.admin`, which the client does not have, and signing in past the provider, which is off.
 */
function written({ tenantClaim }: OidcFederation): string[] {
  return [GROUPS_ATTRIBUTE, ...(tenantClaim === undefined ? [] : ['custom:tenant'])];
}
