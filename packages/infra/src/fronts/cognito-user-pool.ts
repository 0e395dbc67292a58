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
}

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
        ],
        deletionProtection: (args.deletionProtection ?? true) ? 'ACTIVE' : 'INACTIVE',
      },
      parent,
    );
    const client = new aws.cognito.UserPoolClient(
      name,
      {
        userPoolId: pool.id,
        generateSecret: false,
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ['code'],
        allowedOauthScopes: ['openid', 'email', 'profile'],
        supportedIdentityProviders: ['COGNITO'],
        callbackUrls: [...args.callbackUrls],
        logoutUrls: [...(args.logoutUrls ?? args.callbackUrls)],
        explicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        preventUserExistenceErrors: 'ENABLED',
        enableTokenRevocation: true,
        readAttributes: ['email', 'email_verified', 'name', 'custom:tenant'],
        // Not the tenant: whoever could write it could spend another tenant's budget.
        writeAttributes: ['email', 'name'],
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
