import {
  Alarms,
  AuditTable,
  Budget,
  BudgetStop,
  Dashboard,
  DeadLetterQueue,
  Guardrail,
  LedgerTable,
  PlatformStack,
  PrivateBucket,
  RecordsTable,
  StateMachine,
  WorkQueue,
  grantKeyThrough,
  placementIn,
  readFoundation,
  readStackConfig,
} from '@plinth/infra';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { BatchGenerationConfig } from './config.ts';
import { engineParts } from './engines/index.ts';
import { interruptions, runsThatEnd, tellDispatcher } from './events.ts';
import { callersOf, frontDoor } from './front.ts';
import { grantMapStorage, grantNotices } from './grants.ts';
import { apiFunction, DISPATCH_SECONDS, dispatchFunction, stepsFunction } from './service.ts';
import { watchesOf } from './watches.ts';
import { takeUpWork } from './windows.ts';
import { batchWorkflow } from './workflow/batch-workflow.ts';

// In the order a batch travels: files, job, guardrail; the engines that run it; the workflow over them; the queues and hours by which it
// starts; the door it came in by; last, who watches and who pays.
const config = readStackConfig(BatchGenerationConfig);
const placement = placementIn(config.region);
const foundation = await readFoundation(config.foundation);
const { dataKeyArn, alertTopicArn } = foundation;
const stack = new PlatformStack('batch-generation', config.tags);
const below = { parent: stack };
const disposable = config.tags.environment === 'dev';

// 1. Files in, results out; both are forgotten on time.
const bucket = { keyArn: dataKeyArn, forceDestroy: disposable };
const input = new PrivateBucket('input', { ...bucket, expireAfterDays: config.files.inputDays }, below);
const output = new PrivateBucket('output', { ...bucket, expireAfterDays: config.files.outputDays }, below);

// 2. Jobs and checkpoints, budgets, keys and tenants, the trail.
const table = { keyArn: dataKeyArn, deletionProtection: !disposable };
const jobs = new RecordsTable('jobs', table, below);
const ledger = new LedgerTable('ledger', table, below);
const records = new RecordsTable('records', table, below);
const audit = new AuditTable('audit', table, below);
const places = { placement, dataKeyArn, input, output, jobs, ledger };

// 3. Bedrock applies no guardrail to batches: the steps ask it about records before they run, and about answers, where that is wanted.
const guardrail =
  config.guardrail.kind === 'bedrock'
    ? new Guardrail(
        'guardrail',
        { keyArn: dataKeyArn, policy: { filterStrength: config.guardrail.filterStrength } },
        below,
      )
    : undefined;

// 4. The engines that are on, and the ground the machines of some stand on.
const engines = engineParts(config, { places, foundation, audit, guardrail }, below);
const steps = stepsFunction(config, { places, records, audit, guardrail, endpoint: engines.endpoint }, below);

// 5. The workflow over them: a distributed map over the shards of a batch.
const notices = new aws.sns.Topic('notices', { kmsMasterKeyId: dataKeyArn }, below);
for (const [index, endpoint] of config.noticeEmails.entries())
  new aws.sns.TopicSubscription(`notices-${index}`, { topic: notices.arn, protocol: 'email', endpoint }, below);
const undelivered = new DeadLetterQueue('undelivered', { placement, keyArn: dataKeyArn, alertTopicArn }, below);
const parts = engines.all(steps.arn);
const machine = new StateMachine(
  'batch',
  {
    placement,
    machineName: `plinth-${pulumi.getStack()}-batch`,
    workflow: batchWorkflow({
      engines: parts,
      stepsArn: steps.arn,
      inputBucket: input.bucketName,
      outputBucket: output.bucketName,
      noticeTopicArn: notices.arn,
      undeliveredUrl: undelivered.url,
      maxHours: config.run.maxHours,
      toleratedFailurePercent: config.run.toleratedFailurePercent,
    }),
    statements: [
      steps.grantInvoke(),
      ...grantMapStorage(places),
      grantNotices(notices.arn),
      grantKeyThrough(dataKeyArn, placement, 's3', 'sns'),
      ...undelivered.grantSend(),
      ...parts.flatMap(({ statements }) => statements),
    ],
    keyArn: dataKeyArn,
    logRetentionDays: config.logRetentionDays,
  },
  below,
);

// 6. Queues and hours: batches wait for their window; ends, cancellations and lost machines are heard at any hour.
const queue = { placement, keyArn: dataKeyArn, visibilitySeconds: 6 * DISPATCH_SECONDS };
const ends = runsThatEnd(machine, below);
const taken = engines.spot && interruptions(engines.spot.queue.arn, below);
const heard = taken === undefined ? [ends] : [ends, taken];
const senders = heard.map(({ rule }) => ({ service: 'events.amazonaws.com', sourceArn: rule.arn }));
// Whoever finds all runs taken leaves the message to be tried again, so it is tried often.
const work = new WorkQueue('work', { ...queue, retentionDays: 13, maxReceives: 1_000 }, below);
const control = new WorkQueue('control', { ...queue, senders }, below);
tellDispatcher(heard, control, below);
const dispatch = dispatchFunction(
  config,
  { places, records, audit, machine, queues: [work, control], bedrock: engines.bedrock },
  below,
);
takeUpWork(config, { placement, dataKeyArn, dispatch, work, control, undelivered }, below);

// 7. The door: who may come in, and what answers.
const callers = callersOf(config, placement, below);
const service = apiFunction(config, { places, records, audit, work, control, callers }, below);
const api = frontDoor(config, { dataKeyArn, callers, handler: service }, below);

// 8. Who watches.
const watches = watchesOf(config, {
  api,
  functions: { api: service, dispatch, steps },
  work,
  control,
  machine,
  guardrail,
  endpoint: engines.endpoint,
  interruptions: taken,
});
const alarms = new Alarms('batch', { topicArn: alertTopicArn, watches }, below);
const dashboard = new Dashboard('batch', { region: config.region, watches, alarmArns: alarms.arns }, below);

// 9. Who pays, and where it ends: with the money spent no role here can start another job.
const budget = new Budget(
  'batch-generation',
  { monthlyUsd: config.monthlyBudgetUsd, topicArn: alertTopicArn, stack: 'batch-generation' },
  below,
);
const stop = new BudgetStop(
  'batch-generation',
  {
    placement,
    budgetName: budget.budgetName,
    refuse: ['jobs', 'model-calls'],
    roleNames: [machine.roleName, dispatch.roleName, steps.roleName],
    percent: config.stopAtPercent,
    topicArn: alertTopicArn,
  },
  below,
);

export const apiUrl = api.url;
export const { userPoolId } = callers;
export const callersIssuer = callers.issuer;
export const callersAudience = callers.audience;
export const stateMachineArn = machine.arn;
export const workQueueUrl = work.url;
export const noticeTopicArn = notices.arn;
export const inputBucket = input.bucketName;
export const outputBucket = output.bucketName;
export const jobsTable = jobs.tableName;
export const ledgerTable = ledger.tableName;
export const recordsTable = records.tableName;
export const auditTable = audit.tableName;
export const batchQueueArn = engines.spot?.queue.arn ?? null;
export const asyncEndpointName = engines.endpoint?.endpointName ?? null;
export const stopPolicyArn = stop.policyArn;
export const dashboardUrl = dashboard.url;
