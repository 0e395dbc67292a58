import { resolve } from 'node:path';
import { ChatLambdaEnvironment } from '@plinth/contracts';
import {
  AuditTable,
  BrowserIdentity,
  Budget,
  ChatAlarms,
  ChatDashboard,
  CognitoUserPool,
  Guardrail,
  InferenceProfile,
  Key,
  LedgerTable,
  PlatformStack,
  RecordsTable,
  ServiceFunction,
  StreamingRestApi,
  UsagePlan,
  WebAcl,
  grantKeyThrough,
  placementIn,
  readFoundation,
  readStackConfig,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { catalogJson } from './catalog.ts';
import { PublicChatConfig } from './config.ts';

// In the order a request travels: wall, sign-in, ledger, guardrail, model, audit; then the function that walks
// through them and the API that streams its answer; last, who watches.
const config = readStackConfig(PublicChatConfig);
const placement = placementIn(config.region);
const { dataKeyArn, alertTopicArn } = readFoundation(config.foundation);
const stack = new PlatformStack('public-chat', config.tags);
const below = { parent: stack };
const disposable = config.tags.environment === 'dev';
const named = (part: string) => `/plinth/${pulumi.getStack()}/${part}`;
const logs = { logKeyArn: dataKeyArn, logRetentionDays: config.logRetentionDays };

// 1. The wall: rate per address, body size, known attacks.
const wall = new WebAcl(
  'wall',
  {
    requestsPerMinute: config.wall.requestsPerMinutePerAddress,
    maxBodyBytes: config.wall.maxBodyBytes,
    logGroupName: `aws-waf-logs-plinth-${pulumi.getStack()}-chat`,
    ...logs,
  },
  below,
);

// 2. Sign-in.
const people = new CognitoUserPool(
  'people',
  {
    region: config.region,
    domainPrefix: pulumi.interpolate`plinth-${pulumi.getStack()}-${placement.account}`,
    callbackUrls: config.people.callbackUrls,
    selfSignUp: config.people.selfSignUp,
    mfa: config.people.mfa,
    threatProtection: config.people.threatProtection,
    deletionProtection: !disposable,
  },
  below,
);

// 3. Who may use how much, and what is remembered of it.
const table = { keyArn: dataKeyArn, deletionProtection: !disposable };
const ledger = new LedgerTable('ledger', table, below);
const records = new RecordsTable('records', table, below);

// 4. The guardrail has a key of its own: browsers may read what it encrypts, and that must be nothing else.
const guardrailKey = new Key(
  'guardrail',
  { placement, description: 'What the guardrail says.', deletionWindowDays: disposable ? 7 : 30 },
  below,
);
const guardrail = new Guardrail('guardrail', { keyArn: guardrailKey.arn, policy: config.guardrail }, below);

// 5. The models, each by a profile that spreads calls over Regions and carries our tags.
const models = config.models.map((settings) => ({
  settings,
  profile: new InferenceProfile(settings.id, { placement, ...settings }, below),
}));

// 6. The trail.
const audit = new AuditTable('audit', table, below);

// 7. The service.
const chat = new ServiceFunction(
  'chat',
  {
    description: 'Chat completions, governed and streamed.',
    bundle: resolve(import.meta.dirname, '../..', config.bundle),
    handler: 'lambda.handler',
    contract: ChatLambdaEnvironment,
    environment: {
      PLINTH_CATALOG: catalogJson(models, guardrail),
      PLINTH_DEFAULT_LIMITS: JSON.stringify(config.tenantLimits),
      PLINTH_OIDC_ISSUER: people.issuer,
      PLINTH_OIDC_AUDIENCE: people.clientId,
      PLINTH_LEDGER_TABLE: ledger.tableName,
      PLINTH_RECORDS_TABLE: records.tableName,
      PLINTH_AUDIT_TABLE: audit.tableName,
    },
    environmentKeyArn: dataKeyArn,
    logGroupName: named('chat'),
    ...logs,
    reservedConcurrency: config.function.reservedConcurrency,
    memoryMb: config.function.memoryMb,
    statements: [
      ledger.grantReadWrite(),
      records.grantReadWrite(),
      audit.grantAppend(),
      grantKeyThrough(dataKeyArn, placement, 'dynamodb'),
      ...guardrail.grantApply(),
      ...models.flatMap(({ profile }) => profile.grantInvoke({ guardrail })),
    ],
  },
  below,
);

// 8. The front door: wall and sign-in before it, the service behind it.
const api = new StreamingRestApi(
  'chat',
  {
    description: 'Public chat, OpenAI-compatible.',
    basePath: 'v1',
    handler: chat,
    authorization: { kind: 'cognito', userPoolArns: [people.arn] },
    throttle: config.front.throttle,
    webAclArn: wall.arn,
    allowOrigin: config.front.allowOrigin,
    logGroupName: named('chat-access'),
    ...logs,
  },
  below,
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
  below,
);

// The second way in: a signed-in browser calls the model itself, through the same profiles and guardrail.
const direct = config.people.directModelCalls
  ? new BrowserIdentity(
      'browser',
      {
        people,
        region: config.region,
        statements: [
          ...guardrail.grantApply(),
          ...models.flatMap(({ profile }) => profile.grantInvoke({ guardrail, calls: 'stream' })),
        ],
      },
      below,
    )
  : undefined;

// 9. Who watches.
const metrics = {
  functionName: chat.functionName,
  apiName: api.apiName,
  stageName: api.stageName,
  guardrailArn: guardrail.arn,
  guardrailVersion: guardrail.version,
};
const alarms = new ChatAlarms('chat', { metrics, topicArn: alertTopicArn, tokensPerHour: config.alarmTokensPerHour }, below);
const dashboard = new ChatDashboard('chat', { region: config.region, metrics, alarmArns: alarms.arns }, below);
new Budget('public-chat', { monthlyUsd: config.monthlyBudgetUsd, topicArn: alertTopicArn, stack: 'public-chat' }, below);

export const apiUrl = api.url;
export const applicationKeys = plan.keys;
export const userPoolId = people.userPoolId;
export const userPoolClientId = people.clientId;
export const identityPoolId = direct?.identityPoolId ?? null;
export const dashboardUrl = dashboard.url;
export const ledgerTable = ledger.tableName;
export const recordsTable = records.tableName;
export const auditTable = audit.tableName;
export const guardrailId = guardrail.guardrailId;
export const guardrailVersion = guardrail.version;
