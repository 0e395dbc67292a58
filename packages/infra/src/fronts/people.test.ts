import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, valueOf } from '../testing/index.ts';
import { BrowserIdentity } from './browser-identity.ts';
import { CognitoUserPool, type CognitoUserPoolArgs } from './cognito-user-pool.ts';
import { GatewayAccount } from './gateway-account.ts';
import { UsagePlan } from './usage-plan.ts';

const POOL: CognitoUserPoolArgs = {
  region: 'us-east-1',
  domainPrefix: 'test',
  callbackUrls: ['https://chat.example.com/'],
};

describe('CognitoUserPool', () => {
  const people = (change?: Partial<CognitoUserPoolArgs>) =>
    registered(() => new CognitoUserPool('people', { ...POOL, ...change }));

  it('leaves sign-in to a provider of the company where one is named, with groups nobody can give themselves', async () => {
    const federation = { issuer: 'https://login.example.com', clientId: 'rag', clientSecret: 'not-a-secret' };
    const resources = await people({ federation });
    const provider = only(resources, 'aws:cognito/identityProvider:IdentityProvider').inputs;
    expect(provider).toMatchObject({
      providerType: 'OIDC',
      providerDetails: { oidc_issuer: 'https://login.example.com', client_id: 'rag' },
      attributeMapping: { 'custom:groups': 'groups' },
    });
    const client = only(resources, 'aws:cognito/userPoolClient:UserPoolClient').inputs;
    expect(client).toMatchObject({
      supportedIdentityProviders: [provider['providerName']],
      explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      allowedOauthScopes: ['openid', 'email', 'profile'],
    });
    expect(client['writeAttributes']).not.toContain('custom:tenant');
  });

  it('demands a second factor and long passwords, refuses strangers and odd sign-ins, and stays when the stack goes', async () => {
    expect(only(await people(), 'aws:cognito/userPool:UserPool').inputs).toMatchObject({
      mfaConfiguration: 'ON',
      passwordPolicy: { minimumLength: 14 },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      userPoolTier: 'PLUS',
      userPoolAddOns: { advancedSecurityMode: 'ENFORCED' },
      deletionProtection: 'ACTIVE',
    });
  });

  it('signs browsers in by code alone, with no secret to leak', async () => {
    expect(only(await people(), 'aws:cognito/userPoolClient:UserPoolClient').inputs).toMatchObject({
      generateSecret: false,
      allowedOauthFlows: ['code'],
      preventUserExistenceErrors: 'ENABLED',
      enableTokenRevocation: true,
    });
  });

  it('lets nobody choose their own tenant', async () => {
    const { readAttributes, writeAttributes } = only(
      await people(),
      'aws:cognito/userPoolClient:UserPoolClient',
    ).inputs;
    expect(readAttributes).toContain('custom:tenant');
    expect(writeAttributes).not.toContain('custom:tenant');
  });

  it('can be opened where that is asked for', async () => {
    const open = await people({
      selfSignUp: true,
      mfa: 'OPTIONAL',
      threatProtection: false,
      deletionProtection: false,
    });
    expect(only(open, 'aws:cognito/userPool:UserPool').inputs).toMatchObject({
      adminCreateUserConfig: { allowAdminCreateUserOnly: false },
      mfaConfiguration: 'OPTIONAL',
      userPoolTier: 'ESSENTIALS',
      deletionProtection: 'INACTIVE',
    });
  });

  it('tells the issuer as its tokens say it', async () => {
    await registered(async () => {
      const { issuer } = new CognitoUserPool('people', POOL);
      expect(await valueOf(issuer)).toBe('https://cognito-idp.us-east-1.amazonaws.com/people-id');
    });
  });
});

describe('BrowserIdentity', () => {
  const browser = () =>
    registered(() => {
      const people = new CognitoUserPool('people', POOL);
      const statements = [
        { Sid: 'Call', Effect: 'Allow', Action: ['bedrock:InvokeModelWithResponseStream'], Resource: ['arn:p'] },
      ] as const;
      new BrowserIdentity('browser', {
        people,
        region: 'us-east-1',
        statements: statements.map((s) => ({ ...s, Resource: [...s.Resource] })),
      });
    });

  it('gives credentials to nobody who is not signed in', async () => {
    const resources = await browser();
    expect(only(resources, 'aws:cognito/identityPool:IdentityPool').inputs).toMatchObject({
      allowUnauthenticatedIdentities: false,
      allowClassicFlow: false,
      cognitoIdentityProviders: [{ clientId: 'people-id', serverSideTokenCheck: true }],
    });
    expect(
      only(resources, 'aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment').inputs['roles'],
    ).toEqual({
      authenticated: expect.stringContaining(':browser-id'),
    });
  });

  it('lets only signed-in people of its own pool take the role, which may do what it was given alone', async () => {
    const [trust, call, ...others] = statementsOf(await browser());
    expect(trust?.Condition).toEqual({
      StringEquals: { 'cognito-identity.amazonaws.com:aud': 'browser-id' },
      'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
    });
    expect(call?.Action).toEqual(['bedrock:InvokeModelWithResponseStream']);
    expect(others).toEqual([]);
  });
});

describe('UsagePlan', () => {
  const args = {
    restApiId: 'api',
    stageName: 'live',
    throttle: { ratePerSecond: 5, burst: 10 },
    quota: { limit: 1000, period: 'DAY' },
    applications: ['web', 'ios'],
  } as const;

  it('throttles each application and gives it a quota', async () => {
    expect(
      only(await registered(() => new UsagePlan('plan', args)), 'aws:apigateway/usagePlan:UsagePlan').inputs,
    ).toMatchObject({
      throttleSettings: { rateLimit: 5, burstLimit: 10 },
      quotaSettings: { limit: 1000, period: 'DAY' },
    });
  });

  it('gives each application a key of its own, and hides them all', async () => {
    await registered(async () => {
      const { keys } = new UsagePlan('plan', args);
      expect(await pulumi.isSecret(keys)).toBe(true);
      expect(Object.keys(await valueOf(keys))).toEqual(['web', 'ios']);
    });
  });

  it('takes over the keys applications have in another Region, still hidden', async () => {
    const own: Readonly<Record<string, string>> = { web: 'a'.repeat(20), ios: 'b'.repeat(20) };
    const resources = await registered(async () => {
      const { keys } = new UsagePlan('plan', { ...args, keys: pulumi.secret(own) });
      expect(await pulumi.isSecret(keys)).toBe(true);
      expect(await valueOf(keys)).toEqual(own);
    });
    const { inputs } = only(resources, 'aws:apigateway/apiKey:ApiKey', 'plan-ios');
    expect(inputs['value']).toMatchObject({ value: own.ios });
  });
});

describe('GatewayAccount', () => {
  it("gives API Gateway the one managed role it accepts, in the account's own partition", async () => {
    const resources = await registered(
      () => new GatewayAccount('gateway', { placement: { ...PLACEMENT, partition: 'aws-cn' } }),
    );
    expect(only(resources, 'aws:iam/rolePolicyAttachment:RolePolicyAttachment').inputs['policyArn']).toBe(
      'arn:aws-cn:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
    );
  });
});
