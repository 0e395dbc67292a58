import {
  BrowserIdentity,
  StreamingRestApi,
  UsagePlan,
  type CognitoUserPool,
  type Guardrail,
  type WebAcl,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { DeployedModel } from './catalog.ts';
import type { PublicChatConfig } from './config.ts';

/** What stands at the front door, and what is behind it. */
export interface DoorParts {
  readonly dataKeyArn: pulumi.Output<string>;
  readonly wall: WebAcl;
  readonly people: CognitoUserPool;
  readonly chat: {
    readonly functionName: pulumi.Output<string>;
    readonly responseStreamingInvokeArn: pulumi.Output<string>;
  };
}

/**
 * The API. Every call proves a person (an ID token of the user pool, which API Gateway checks before any code of ours runs, and the
 * service checks again for tenant and groups) and names an application (`x-api-key`, counted by the usage plan).
 */
export function frontDoor(config: PublicChatConfig, parts: DoorParts, opts: pulumi.ComponentResourceOptions) {
  const api = new StreamingRestApi(
    'chat',
    {
      description: 'Public chat, OpenAI-compatible.',
      basePath: 'v1',
      handler: parts.chat,
      authorization: { kind: 'cognito', userPoolArns: [parts.people.arn] },
      throttle: config.front.throttle,
      webAclArn: parts.wall.arn,
      allowOrigin: config.front.allowOrigin,
      logGroupName: `/plinth/${pulumi.getStack()}/chat-access`,
      logKeyArn: parts.dataKeyArn,
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );
  const plan = new UsagePlan(
    'chat',
    {
      restApiId: api.restApiId,
      stageName: api.stageName,
      throttle: config.front.perApplication.throttle,
      quota: { limit: config.front.perApplication.quotaPerDay, period: 'DAY' },
      applications: config.front.applications,
    },
    opts,
  );
  return { api, plan };
}

/** AWS credentials for signed-in browsers: the streaming calls of the approved models, with the pinned guardrail, and nothing else. */
export function directCalls(
  config: PublicChatConfig,
  parts: { readonly people: CognitoUserPool; readonly guardrail: Guardrail; readonly models: readonly DeployedModel[] },
  opts: pulumi.ComponentResourceOptions,
): BrowserIdentity {
  const { people, guardrail, models } = parts;
  return new BrowserIdentity(
    'browser',
    {
      people,
      region: config.region,
      statements: [
        ...guardrail.grantApply(),
        ...models.flatMap(({ profile }) => profile.grantInvoke({ guardrail, calls: 'stream' })),
      ],
    },
    opts,
  );
}
