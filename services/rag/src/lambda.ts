import { AsyncLocalStorage } from 'node:async_hooks';
import { parseEnvironment, RAG_NAMESPACE, RagLambdaEnvironment } from '@plinth/contracts';
import { createEmbeddedAnswerMetrics } from '@plinth/front/answer-metrics';
import { createEmbeddedMetrics } from '@plinth/front/embedded-metrics';
import { createLambdaLog } from '@plinth/front/lambda-log';
import { createClaimsIdentify, type VerifiedClaims } from '@plinth/gateway';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { createOpenAIModel } from '@plinth/models/openai';
import { createSageMakerRuntime } from '@plinth/models/sagemaker';
import {
  createBedrockReranker,
  HybridRetriever,
  openEmbedder,
  openPostgresDatabase,
  SqlLibrary,
} from '@plinth/retrieval';
import { citedFromLibrary, SqlAnswerStore } from '@plinth/retrieval/answer';
import { createAgentRuntime, lambdaAuthorities } from '@plinth/retrieval/aws';
import { KnowledgeBaseRetriever } from '@plinth/retrieval/bedrock';
import { systemClock } from '@plinth/stores';
import { createDynamoClient, openDynamoStores } from '@plinth/stores/aws';
import { createS3Client, openS3Objects } from '@plinth/stores/objects/aws';
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
const metrics = { namespace: RAG_NAMESPACE, write, now: Date.now };

const stores = openDynamoStores({
  client: createDynamoClient({ region }),
  ledgerTable: environment.PLINTH_LEDGER_TABLE,
  recordsTable: environment.PLINTH_RECORDS_TABLE,
  auditTable: environment.PLINTH_AUDIT_TABLE,
});
const bedrock = createBedrockRuntime({ region });
const sagemaker = createSageMakerRuntime({ region });
const agents = createAgentRuntime({ region });

/** Our own index keeps answers too; Bedrock's keeps passages alone, so that its answers cannot be explained later. */
async function openIndex() {
  const index = environment.PLINTH_INDEX;
  if (index.kind === 'knowledge-base')
    return { retriever: new KnowledgeBaseRetriever({ client: agents, knowledgeBaseId: index.knowledgeBaseId }) };
  const signedIn = (user: string, connections: number) =>
    openPostgresDatabase({
      target: { kind: 'iam', reference: { ...index.database, user }, region, ca: lambdaAuthorities() },
      connections,
    });
  const database = signedIn(index.database.user, 2);
  const { PLINTH_RERANKER, PLINTH_MONITOR_USER, PLINTH_DOCUMENTS } = environment;
  const embedder = await openEmbedder(index.embedding, { bedrock, sagemaker });
  const reranker = PLINTH_RERANKER && createBedrockReranker({ ...PLINTH_RERANKER, client: agents });
  const answers = new SqlAnswerStore({ database, now: Date.now });
  const library = new SqlLibrary({ database });
  return {
    retriever: new HybridRetriever({ database, embedder, reranker }),
    embedder,
    answers,
    served: {
      kept: { answers, readCitedTexts: citedFromLibrary(library) },
      documents: { library, objects: openS3Objects({ client: createS3Client({ region }), ...PLINTH_DOCUMENTS }) },
      database: PLINTH_MONITOR_USER === undefined ? undefined : signedIn(PLINTH_MONITOR_USER, 1),
    },
    monitored: monitorAnswers(database, embedder),
  };
}

const { retriever, embedder, answers, served, monitored } = await openIndex();
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
/** What answers leave to be done. A sandbox is frozen once its handler is done: so that waits for it. */
const left = new Set<Promise<void>>();
const answerMetrics = createEmbeddedAnswerMetrics(metrics);
const platform = composeRag({
  environment,
  ...stores,
  identify,
  clock: systemClock,
  sweepAll: false,
  retriever,
  embedder,
  answers,
  onAnswer(reader, answer) {
    answerMetrics.answered(answerSummary(answer));
    const done = (monitored?.(reader, answer) ?? Promise.resolve()).finally(() => left.delete(done));
    left.add(done);
    return done;
  },
  bedrock,
  openModel: modelOpener({ bedrock, sagemaker, openai: createOpenAIModel }),
  observe: createEmbeddedMetrics(metrics),
  logError,
});
const app = createRagApp({
  ...platform,
  ...served,
  onFeedback: (rating) => answerMetrics.rated(rating),
  onMonitored: (tenant, report) => answerMetrics.monitored(tenant, report),
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

const answer = streamHandle(front) as unknown as Parameters<typeof awslambda.streamifyResponse>[0];
export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
  await answer(event, stream, context);
  await Promise.allSettled(left);
});
