import {
  AuditTable,
  Guardrail,
  Key,
  LedgerTable,
  PlatformStack,
  RecordsTable,
  placementIn,
  readFoundation,
  readStackConfig,
} from '@plinth/infra';
import { EnterpriseRagConfig } from './config.ts';
import { documentStore } from './documents.ts';
import { frontDoor, signIn } from './front.ts';
import { generatorOf } from './generator/generator.ts';
import { migrated } from './migrations.ts';
import { closedNetwork } from './network.ts';
import { retrieverOf } from './retriever/retriever.ts';
import { ingestService, queryService } from './services.ts';
import { watchAll } from './watch.ts';

// First the closed network. Then in the order a document travels, bucket, queue, index; in the order a question does, sign-in, ledger,
// guardrail, retriever, generator, audit; the two functions that walk through them; the door; last, who watches.
const config = readStackConfig(EnterpriseRagConfig);
const placement = placementIn(config.region);
const { dataKeyArn, alertTopicArn } = await readFoundation(config.foundation);
const stack = new PlatformStack('enterprise-rag', config.tags);
const below = { parent: stack };
const disposable = config.tags.environment === 'dev';
const given = { placement, dataKeyArn, alertTopicArn };

// 1. A network that nothing leads out of: AWS is reached by its own doors, nobody else is reached at all.
const closed = closedNetwork(config, given, below);

// 2. Documents, and the queue that hears of every change.
const { documents, changes } = documentStore(config, given, below);

// 3. Who asks, who may use how much, what is remembered, and what was decided.
const people = signIn(config, placement, below);
const table = { keyArn: dataKeyArn, deletionProtection: !disposable };
const ledger = new LedgerTable('ledger', table, below);
const records = new RecordsTable('records', table, below);
const audit = new AuditTable('audit', table, below);

// 4. The guardrail: questions, answers, and whether the passages bear an answer out. Its key opens nothing else.
const guardrailKey = new Key(
  'guardrail',
  { placement, description: 'What the guardrail says.', deletionWindowDays: disposable ? 7 : 30 },
  below,
);
const { filterStrength, ...grounding } = config.guardrail;
const guardrail = new Guardrail(
  'guardrail',
  { keyArn: guardrailKey.arn, policy: { filterStrength, grounding } },
  below,
);

// 5. Where passages are kept and found, and the model that writes from them.
const retriever = retrieverOf(config, { ...given, closed, documents }, below);
const generator = generatorOf(config, { ...given, closed, guardrail }, below);

// 6. The index's tables, and the services that walk through 2 to 5: one for documents, one for questions.
const migrations = migrated(config, retriever.database?.owner, { dataKeyArn, closed }, below);
const shared = { ...given, closed, documents, retriever, audit, migrations };
const ingest = ingestService(config, { ...shared, changes }, below);
const query = queryService(config, { ...shared, people, ledger, records, guardrail, generator }, below);

// 7. The door, for people of the company, from their own networks.
const api = frontDoor(config, { dataKeyArn, people, query }, below);

// 8. Who watches.
const dashboard = watchAll(
  config,
  { alertTopicArn, api, query, ingest, changes, guardrail, generator, retriever },
  below,
);

export const apiUrl = api.url;
export const apiId = api.restApiId;
export const userPoolId = people.userPoolId;
export const userPoolClientId = people.clientId;
export const vpcId = closed.network.vpcId;
export const documentsBucket = documents.bucketName;
export const changesQueueUrl = changes.url;
export const databaseArn = retriever.database?.arn ?? null;
export const databaseSecretArn = retriever.database?.masterSecretArn ?? null;
export const knowledgeBaseId = retriever.knowledgeBaseId;
export const endpointName = generator.endpointName;
export const modelRegistry = generator.registry;
export const ledgerTable = ledger.tableName;
export const recordsTable = records.tableName;
export const auditTable = audit.tableName;
export const guardrailId = guardrail.guardrailId;
export const guardrailVersion = guardrail.version;
export const dashboardUrl = dashboard.url;
