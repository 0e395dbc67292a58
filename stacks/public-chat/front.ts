import { BrowserIdentity, StreamingRestApi, UsagePlan, type Guardrail, type WebAcl } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { DeployedModel } from './catalog.ts';
import type { PublicChatConfig } from './config.ts';
import type { Landing } from './landing.ts';
import type { SharedParts } from './shared.ts';

/** What stands at the front door, and what is behind it. */
export interface DoorParts extends Pick<SharedParts, 'people'> {
  readonly wall: WebAcl;
  readonly chat: {
    readonly functionName: pulumi.Output<string>;
    readonly responseStreamingInvokeArn: pulumi.Output<string>;
  };
  /** Keys the applications have in the home Region: one name leads to every Region, so one key must open them all. */
  readonly applicationKeys?: pulumi.Output<Record<string, string>> | undefined;
}

/**
 * The API. Every call proves a person (an ID token of the user pool, which API Gateway checks before any code of ours runs, and the
 * service checks again for tenant and groups) and names an application (`x-api-key`, counted by the usage plan).
 */
export function frontDoor(config: PublicChatConfig, { named, dataKeyArn, opts }: Landing, parts: DoorParts) {
  const api = new StreamingRestApi(
    named('chat'),
    {
      description: 'Public chat, OpenAI-compatible.',
      basePath: 'v1',
      handler: parts.chat,
      authorization: { kind: 'cognito', userPoolArns: [parts.people.arn] },
      throttle: config.front.throttle,
      webAclArn: parts.wall.arn,
      allowOrigin: config.front.allowOrigin,
      logGroupName: `/plinth/${pulumi.getStack()}/chat-access`,
      logKeyArn: dataKeyArn,
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );
  const plan = new UsagePlan(
    named('chat'),
    {
      restApiId: api.restApiId,
      stageName: api.stageName,
      throttle: config.front.perApplication.throttle,
      quota: { limit: config.front.perApplication.quotaPerDay, period: 'DAY' },
      applications: config.front.applications,
      keys: parts.applicationKeys,
    },
    opts,
  );
  return { api, plan };
}

/** AWS credentials for signed-in browsers: the streaming calls of the approved models, with the pinned guardrail, and nothing else. */
export function directCalls(
  { home, people }: SharedParts,
  parts: { readonly guardrail: Guardrail; readonly models: readonly DeployedModel[] },
): BrowserIdentity {
  const { guardrail, models } = parts;
  return new BrowserIdentity(
    'browser',
    {
      people,
      region: home.placement.region,
      statements: [
        ...guardrail.grantApply(),
        ...models.flatMap(({ profile }) => profile.grantInvoke({ guardrail, calls: 'stream' })),
      ],
    },
    home.opts,
  );
}
