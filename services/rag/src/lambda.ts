import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync, readFileSync } from 'node:fs';
import { parseEnvironment, RagLambdaEnvironment } from '@plinth/contracts';
import { createEmbeddedAnswerMetrics } from '@plinth/front/answer-metrics';
import { createEmbeddedMetrics } from '@plinth/front/embedded-metrics';
import { createLambdaLog } from '@plinth/front/lambda-log';
import { createClaimsIdentify, type VerifiedClaims } from '@plinth/gateway';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { createSageMakerRuntime } from '@plinth/models/sagemaker';
import { HybridRetriever, openEmbedder, openPostgresDatabase, SqlLibrary } from '@plinth/retrieval';
import { citedFromLibrary, SqlAnswerStore } from '@plinth/retrieval/answer';
import { KnowledgeBaseRetriever } from '@plinth/retrieval/bedrock';
import { systemClock } from '@plinth/stores';
import { createDynamoClient, openDynamoStores } from '@plinth/stores/aws';
import { Hono } from 'hono';
import { streamHandle, type LambdaEvent } from 'hono/aws-lambda';
import { createRagApp } from './app.ts';
import { composeRag } from './compose.ts';
import { modelOpener } from './models.ts';
import { answerSummary, monitorAnswers } from './on-answer.ts';

/** Entry point on Lambda, behind a private API Gateway REST API whose authorizer verified the caller. Composed once a cold start. */
const environment = parseEnvironment(RagLambdaEnvironment, process.env);
const region = process.env['AWS_REGION'] ?? 'us-east-1';
const write = (line: string) => void process.stdout.write(`${line}\n`);
const logError = createLambdaLog(write);
const metrics = { namespace: 'Plinth/Rag', write, now: Date.now };

const stores = openDynamoStores({
  client: createDynamoClient({ region }),
  ledgerTable: environment.PLINTH_LEDGER_TABLE,
  recordsTable: environment.PLINTH_RECORDS_TABLE,
  auditTable: environment.PLINTH_AUDIT_TABLE,
});
const bedrock = createBedrockRuntime({ region });
const sagemaker = createSageMakerRuntime({ region });

/** RDS's certificates: in Lambda's image, and not among those Node knows by itself. */
const LAMBDA_CA = '/var/runtime/ca-cert.pem';

/** Our own index keeps answers too; Bedrock's keeps passages alone, so that its answers cannot be explained later. */
async function openIndex() {
  const index = environment.PLINTH_INDEX;
  if (index.kind === 'knowledge-base') {
    const { BedrockAgentRuntimeClient } = await import('@aws-sdk/client-bedrock-agent-runtime');
    const client = new BedrockAgentRuntimeClient({ region, maxAttempts: 2 });
    return { retriever: new KnowledgeBaseRetriever({ client: () => client, knowledgeBaseId: index.knowledgeBaseId }) };
  }
  const ca = existsSync(LAMBDA_CA) ? readFileSync(LAMBDA_CA, 'utf8') : undefined;
  const database = openPostgresDatabase({
    target: { kind: 'iam', reference: index.database, region, ca },
    connections: 2,
  });
  const embedder = await openEmbedder(index.embedding, { bedrock, sagemaker });
  const answers = new SqlAnswerStore({ database, now: Date.now });
  return {
    retriever: new HybridRetriever({ database, embedder }),
    embedder,
    kept: { answers, readCitedTexts: citedFromLibrary(new SqlLibrary({ database })) },
    monitored: monitorAnswers(database, embedder),
  };
}

const { retriever, embedder, kept, monitored } = await openIndex();
const claims = new AsyncLocalStorage<VerifiedClaims | undefined>();
const identify = createClaimsIdentify({
  claims: () => claims.getStore(),
  keys: stores.keys,
  clock: systemClock,
  issuer: environment.PLINTH_OIDC_ISSUER,
  audience: environment.PLINTH_OIDC_AUDIENCE,
  groupsClaim: environment.PLINTH_GROUPS_CLAIM,
  defaultTenantLimits: environment.PLINTH_DEFAULT_LIMITS,
  userLimits: environment.PLINTH_DEFAULT_LIMITS,
});
const answerMetrics = createEmbeddedAnswerMetrics(metrics);
const platform = composeRag({
  environment,
  ...stores,
  identify,
  clock: systemClock,
  sweepAll: false,
  retriever,
  embedder,
  answers: kept?.answers,
  async onAnswer(reader, answer) {
    answerMetrics.answered(answerSummary(answer));
    await monitored?.(reader, answer);
  },
  bedrock,
  openModel: modelOpener({ bedrock, sagemaker }),
  observe: createEmbeddedMetrics(metrics),
  logError,
});
const app = createRagApp({
  ...platform,
  kept,
  onFeedback: (rating) => answerMetrics.rated(rating),
  ready: () => Promise.resolve(true),
});
// Runs while a request does, and renews the reservations of long answers.
platform.admission.start();

/** Every request runs with the claims it was invoked with. They are API Gateway's own words, never a header's. */
const front = new Hono<{ Bindings: { event?: LambdaEvent } }>().use((context, next) =>
  claims.run(claimsOf(context.env.event), next),
);
front.mount('/', app.fetch);

function claimsOf(event: LambdaEvent | undefined): VerifiedClaims | undefined {
  const request = event?.requestContext as { readonly authorizer?: { readonly claims?: unknown } } | undefined;
  const given = request?.authorizer?.claims;
  return typeof given === 'object' && given !== null ? (given as VerifiedClaims) : undefined;
}

export const handler = streamHandle(front);
