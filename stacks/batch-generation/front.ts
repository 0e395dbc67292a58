import { CognitoUserPool, HttpApi, type Placement } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { BatchGenerationConfig } from './config.ts';

/** Whose tokens are taken. */
export interface Callers {
  readonly issuer: pulumi.Input<string>;
  readonly audience: pulumi.Input<string>;
  readonly userPoolId: pulumi.Output<string> | null;
}

export function callersOf(
  { region, tags, callers }: BatchGenerationConfig,
  placement: Placement,
  opts: pulumi.ComponentResourceOptions,
): Callers {
  if (callers.kind === 'oidc') return { issuer: callers.issuer, audience: callers.audience, userPoolId: null };
  const people = new CognitoUserPool(
    'people',
    {
      region,
      domainPrefix: pulumi.interpolate`plinth-batch-${pulumi.getStack()}-${placement.account}`,
      callbackUrls: callers.callbackUrls,
      mfa: callers.mfa,
      threatProtection: callers.threatProtection,
      deletionProtection: tags.environment !== 'dev',
    },
    opts,
  );
  return { issuer: people.issuer, audience: people.clientId, userPoolId: people.userPoolId };
}

/** The OpenAI batch API, and single requests that are answered later. Anything else is not found. */
export const ROUTES = [
  'POST /v1/files',
  'GET /v1/files',
  'GET /v1/files/{id}',
  'DELETE /v1/files/{id}',
  'GET /v1/files/{id}/content',
  'POST /v1/uploads',
  'POST /v1/uploads/{id}/complete',
  'POST /v1/uploads/{id}/cancel',
  'POST /v1/batches',
  'GET /v1/batches',
  'GET /v1/batches/{id}',
  'POST /v1/batches/{id}/cancel',
  'POST /v1/async/chat/completions',
  'GET /v1/async/{id}',
  'POST /v1/async/{id}/cancel',
  'GET /v1/models',
] as const;

export function frontDoor(
  config: BatchGenerationConfig,
  parts: {
    readonly dataKeyArn: pulumi.Output<string>;
    readonly callers: Callers;
    readonly handler: { readonly functionName: pulumi.Output<string>; readonly arn: pulumi.Output<string> };
  },
  opts: pulumi.ComponentResourceOptions,
): HttpApi {
  const { dataKeyArn, callers, handler } = parts;
  return new HttpApi(
    'batch',
    {
      description: 'Batches, OpenAI-compatible.',
      routes: ROUTES,
      handler,
      tokens: { issuer: callers.issuer, audiences: [callers.audience] },
      throttle: config.front.throttle,
      allowOrigin: config.front.allowOrigin,
      logGroupName: `/plinth/${pulumi.getStack()}/batch-access`,
      logKeyArn: dataKeyArn,
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );
}
