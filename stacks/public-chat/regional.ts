import {
  ChatAlarms,
  ChatDashboard,
  Guardrail,
  InferenceProfile,
  Key,
  RegionalDomain,
  WebAcl,
  type StreamingRestApi,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { modelsIn } from './catalog.ts';
import type { PublicChatConfig } from './config.ts';
import { frontDoor, type DoorParts } from './front.ts';
import type { Landing } from './landing.ts';
import { chatService } from './service.ts';
import type { SharedParts } from './shared.ts';

/** What must be near whoever calls: everything a request passes on its way to the model, but for what {@link SharedParts} holds. */
export function regionalChat(
  config: PublicChatConfig,
  landing: Landing,
  shared: SharedParts,
  applicationKeys?: DoorParts['applicationKeys'],
) {
  const { placement, dataKeyArn, alertTopicArn, named, opts } = landing;

  // 1. The wall: rate per address, body size, known attacks.
  const wall = new WebAcl(
    named('wall'),
    {
      requestsPerMinute: config.wall.requestsPerMinutePerAddress,
      maxBodyBytes: config.wall.maxBodyBytes,
      logGroupName: `aws-waf-logs-plinth-${pulumi.getStack()}-chat`,
      logKeyArn: dataKeyArn,
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );

  // 2. The guardrail has a key of its own: browsers may read what it encrypts, and that must be nothing else.
  const guardrailKey = new Key(
    named('guardrail'),
    {
      placement,
      description: 'What the guardrail says.',
      deletionWindowDays: config.tags.environment === 'dev' ? 7 : 30,
    },
    opts,
  );
  const guardrail = new Guardrail(named('guardrail'), { keyArn: guardrailKey.arn, policy: config.guardrail }, opts);

  // 3. The models, each by a profile that spreads calls over Regions near this one and carries our tags.
  const models = modelsIn(config, placement.region).map((settings) => ({
    settings,
    profile: new InferenceProfile(named(settings.id), { placement, ...settings }, opts),
  }));

  // 4. The service that walks a request through budget, guardrail, model and trail.
  const chat = chatService(config, landing, { ...shared, guardrail, models });

  // 5. The front door: wall and sign-in before it, the service behind it.
  const { api, plan } = frontDoor(config, landing, { wall, people: shared.people, chat, applicationKeys });

  // 6. Who watches.
  const metrics = {
    functionName: chat.functionName,
    apiName: api.apiName,
    stageName: api.stageName,
    guardrailArn: guardrail.arn,
    guardrailVersion: guardrail.version,
  };
  const alarms = new ChatAlarms(
    named('chat'),
    { metrics, topicArn: alertTopicArn, tokensPerHour: config.alarmTokensPerHour },
    opts,
  );
  const dashboard = new ChatDashboard(
    named('chat'),
    { region: placement.region, metrics, alarmArns: alarms.arns, suffix: landing.further },
    opts,
  );
  return { landing, guardrail, models, api, plan, dashboard };
}

/** One Region's share of the common name, given up while the Region fails. */
export function underOneName(
  { name, zoneId, certificates }: NonNullable<PublicChatConfig['domain']>,
  { landing, api }: { readonly landing: Landing; readonly api: StreamingRestApi },
): RegionalDomain {
  const { placement, alertTopicArn, named, opts } = landing;
  return new RegionalDomain(
    named('chat'),
    {
      domainName: name,
      zoneId,
      region: placement.region,
      certificateArn: certificates[placement.region] ?? '',
      restApiId: api.restApiId,
      stageName: api.stageName,
      health: { apiName: api.apiName, topicArn: alertTopicArn },
    },
    opts,
  );
}
