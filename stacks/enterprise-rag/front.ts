import { CognitoUserPool, StreamingRestApi, WebAcl, type Placement } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from './config.ts';

/** The people of the company: accounts in a pool of ours, or a pool that sends them to the company's own sign-in. */
export function signIn(
  { signIn: settings, region, tags }: EnterpriseRagConfig,
  placement: Placement,
  opts: pulumi.ComponentResourceOptions,
): CognitoUserPool {
  const pool = {
    region,
    domainPrefix: pulumi.interpolate`plinth-${pulumi.getStack()}-rag-${placement.account}`,
    callbackUrls: settings.callbackUrls,
    deletionProtection: tags.environment !== 'dev',
  };
  if (settings.kind === 'cognito')
    return new CognitoUserPool(
      'people',
      { ...pool, mfa: settings.mfa, threatProtection: settings.threatProtection },
      opts,
    );
  const { issuer, clientId, groupsClaim, tenantClaim } = settings;
  return new CognitoUserPool(
    'people',
    {
      ...pool,
      // The provider asks for the second factor, and sees the odd sign-ins.
      mfa: 'OPTIONAL',
      threatProtection: false,
      federation: { issuer, clientId, clientSecret: pulumi.secret(settings.clientSecret), groupsClaim, tenantClaim },
    },
    opts,
  );
}

/**
 * The API, reached through the VPC endpoints named and in no other way. Every call proves a person: API Gateway checks the ID token
 * before any code of ours runs, and hands its claims to the function.
 */
export function frontDoor(
  config: EnterpriseRagConfig,
  parts: {
    readonly dataKeyArn: pulumi.Output<string>;
    readonly people: CognitoUserPool;
    readonly query: {
      readonly functionName: pulumi.Output<string>;
      readonly responseStreamingInvokeArn: pulumi.Output<string>;
    };
  },
  opts: pulumi.ComponentResourceOptions,
): StreamingRestApi {
  const { front, logRetentionDays } = config;
  const wall = new WebAcl(
    'wall',
    {
      requestsPerMinute: front.requestsPerMinutePerAddress,
      logGroupName: `aws-waf-logs-plinth-${pulumi.getStack()}-rag`,
      logKeyArn: parts.dataKeyArn,
      logRetentionDays,
    },
    opts,
  );
  return new StreamingRestApi(
    'rag',
    {
      description: 'Enterprise RAG, OpenAI-compatible.',
      basePath: 'v1',
      handler: parts.query,
      authorization: { kind: 'cognito', userPoolArns: [parts.people.arn] },
      reach: { kind: 'private', vpcEndpointIds: front.vpcEndpointIds },
      // Inside the company an application key tells nothing that the token does not: tenants have their limits.
      apiKeyRequired: false,
      throttle: front.throttle,
      webAclArn: wall.arn,
      allowOrigin: front.allowOrigin,
      logGroupName: `/plinth/${pulumi.getStack()}/rag-access`,
      logKeyArn: parts.dataKeyArn,
      logRetentionDays,
    },
    opts,
  );
}
