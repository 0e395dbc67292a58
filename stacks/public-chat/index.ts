import {
  AuditTable,
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
  WebAcl,
  placementIn,
  readFoundation,
  readStackConfig,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { PublicChatConfig } from './config.ts';
import { directCalls, frontDoor } from './front.ts';
import { chatService } from './service.ts';

// In the order a request travels: wall, sign-in, ledger, guardrail, model, audit; then the function that walks
// through them and the API that streams its answer; last, who watches.
const config = readStackConfig(PublicChatConfig);
const placement = placementIn(config.region);
const { dataKeyArn, alertTopicArn } = readFoundation(config.foundation);
const stack = new PlatformStack('public-chat', config.tags);
const below = { parent: stack };
const disposable = config.tags.environment === 'dev';

// 1. The wall: rate per address, body size, known attacks.
const wall = new WebAcl(
  'wall',
  {
    requestsPerMinute: config.wall.requestsPerMinutePerAddress,
    maxBodyBytes: config.wall.maxBodyBytes,
    logGroupName: `aws-waf-logs-plinth-${pulumi.getStack()}-chat`,
    logKeyArn: dataKeyArn,
    logRetentionDays: config.logRetentionDays,
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

// 7. The service that walks a request through 3 to 6.
const chat = chatService(config, { placement, dataKeyArn, people, ledger, records, audit, guardrail, models }, below);

// 8. The front door: wall and sign-in before it, the service behind it.
const { api, plan } = frontDoor(config, { dataKeyArn, wall, people, chat }, below);
// And the second way in: a signed-in browser calls the model itself, through the same profiles and guardrail.
const direct = config.people.directModelCalls ? directCalls(config, { people, guardrail, models }, below) : undefined;

// 9. Who watches.
const metrics = {
  functionName: chat.functionName,
  apiName: api.apiName,
  stageName: api.stageName,
  guardrailArn: guardrail.arn,
  guardrailVersion: guardrail.version,
};
const alarms = new ChatAlarms(
  'chat',
  { metrics, topicArn: alertTopicArn, tokensPerHour: config.alarmTokensPerHour },
  below,
);
const dashboard = new ChatDashboard('chat', { region: config.region, metrics, alarmArns: alarms.arns }, below);
new Budget(
  'public-chat',
  { monthlyUsd: config.monthlyBudgetUsd, topicArn: alertTopicArn, stack: 'public-chat' },
  below,
);

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
