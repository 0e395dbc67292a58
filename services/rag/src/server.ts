import { join } from 'node:path';
import { parseEnvironment, PlatformError, RagServerEnvironment } from '@plinth/contracts';
import { createAnswerPrometheus } from '@plinth/front/answer-metrics';
import { createPrometheus } from '@plinth/front/prometheus';
import { runService, serveFront, stopAsked } from '@plinth/front/serve';
import { createIdentify, createTokenVerifier } from '@plinth/gateway';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { closeOpenAIPools, createOpenAIModel } from '@plinth/models/openai';
import { createSageMakerRuntime } from '@plinth/models/sagemaker';
import { chunkDocument, createOpenAIEmbedder, HybridRetriever, migrate, openPostgresDatabase } from '@plinth/retrieval';
import { citedFromLibrary, SqlAnswerStore } from '@plinth/retrieval/answer';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { createBoundedParser } from '@plinth/retrieval/parse';
import { systemClock } from '@plinth/stores';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import { createWordPieceTokenizer } from '@plinth/tokens';
import pino from 'pino';
import { createRagApp } from './app.ts';
import { composeRag } from './compose.ts';
import { startDocuments } from './documents.ts';
import { modelOpener } from './models.ts';
import { answerSummary, monitorAnswers } from './on-answer.ts';

/** Entry point on a laptop and at an edge site. Prints one JSON line `{"event":"ready","url":…}` when it serves. */
async function main(): Promise<void> {
  const environment = parseEnvironment(RagServerEnvironment, process.env);
  // To standard error: standard output tells the starter what happens.
  const destination = pino.destination({ dest: 2, sync: false, minLength: 16_000, periodicFlush: 1_000 });
  const log = pino({ level: environment.PLINTH_LOG_LEVEL }, destination);
  const logError = (error: unknown, requestId: string) => log.error({ requestId, err: error }, 'request failed');
  const stores = await openEmbeddedStores({ folder: environment.PLINTH_STATE_DIR });
  const embedder = createOpenAIEmbedder({
    baseUrl: environment.PLINTH_EMBEDDING_URL,
    model: environment.PLINTH_EMBEDDING_MODEL,
    dimensions: environment.PLINTH_EMBEDDING_DIMENSIONS,
  });
  const database = await openDatabase(environment);
  await migrate(database, { embedding: embedder });
  const tokens = createWordPieceTokenizer();
  const documents = startDocuments({
    database,
    embedder,
    objects: await openEmbeddedObjects({ folder: join(environment.PLINTH_RETRIEVAL_DIR, 'originals') }),
    parser: createBoundedParser(),
    chunk: (document) => chunkDocument(document, { tokens }),
    name: `rag-${process.pid}`,
    onError: (error) => logError(error, 'ingest'),
  });

  const prometheus = createPrometheus(() => platform.admission.inFlight);
  const answerMetrics = createAnswerPrometheus();
  const identify = createIdentify({
    keys: stores.keys,
    clock: systemClock,
    defaultTenantLimits: environment.PLINTH_DEFAULT_LIMITS,
    verifyToken: tokenVerifier(environment),
  });
  const retriever = new HybridRetriever({ database, embedder });
  const answers = new SqlAnswerStore({ database, now: Date.now });
  const bedrock = createBedrockRuntime({ region: environment.AWS_REGION, endpoint: environment.PLINTH_BEDROCK_URL });
  const sagemaker = createSageMakerRuntime({
    region: environment.AWS_REGION,
    endpoint: environment.PLINTH_SAGEMAKER_URL,
  });
  const monitored = monitorAnswers(database, embedder);
  const platform = composeRag({
    environment,
    ...stores,
    identify,
    clock: systemClock,
    // Who shares the ledger sweeps it: the chat front, where there is one, does as well.
    sweepAll: true,
    retriever,
    embedder,
    answers,
    async onAnswer(reader, answer) {
      answerMetrics.answered(answerSummary(answer));
      await monitored(reader, answer);
    },
    bedrock,
    openModel: modelOpener({ bedrock, sagemaker, openai: createOpenAIModel }),
    observe(summary) {
      prometheus.observe(summary);
      log.info(summary, 'request');
    },
    logError,
  });
  const app = createRagApp({
    ...platform,
    identify,
    audit: stores.audit,
    clock: systemClock,
    retriever,
    embedder,
    kept: { answers, readCitedTexts: citedFromLibrary(documents.routes.library) },
    documents: { ...documents.routes, audit: stores.audit },
    database,
    onFeedback: (rating) => answerMetrics.rated(rating),
    onMonitored: (tenant, report) => answerMetrics.monitored(tenant, report),
    logError,
    metrics: async () => `${await prometheus.text()}\n${await answerMetrics.text()}`,
    ready: async () => {
      await Promise.all([
        stores.keys.getTenant('ready'),
        database.transaction({ role: 'owner' }, (sql) => sql.query('SELECT 1')),
      ]);
      return true;
    },
  });

  const front = await serveFront(app.fetch, { host: environment.PLINTH_HOST, port: environment.PLINTH_PORT });
  platform.admission.start();
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: front.url })}\n`);
  documents.mirror(environment.PLINTH_FOLDERS).catch((error: unknown) => logError(error, 'folders'));

  await stopAsked(environment.PLINTH_EXIT_WITH_PARENT);
  await front.drain();
  platform.admission.stop();
  await documents.stop();
  await closeOpenAIPools();
  await database.close();
  await stores.close();
  destination.flushSync();
}

function openDatabase({ PLINTH_PG_URL: url, PLINTH_RETRIEVAL_DIR: folder }: RagServerEnvironment) {
  return url === undefined
    ? openEmbeddedDatabase({ folder: join(folder, 'index') })
    : Promise.resolve(openPostgresDatabase({ target: { kind: 'url', url } }));
}

/** Documents belong to somebody, so a token that names no tenant opens nothing. */
function tokenVerifier(environment: RagServerEnvironment) {
  const { PLINTH_OIDC_ISSUER: issuer, PLINTH_OIDC_AUDIENCE: audience } = environment;
  if (issuer === undefined) return undefined;
  if (audience === undefined)
    throw new PlatformError(
      'configuration',
      'PLINTH_OIDC_ISSUER is set without PLINTH_OIDC_AUDIENCE. Set it to the client id tokens are issued for.',
    );
  return createTokenVerifier({ issuer, audience, userLimits: environment.PLINTH_DEFAULT_LIMITS });
}

runService(main);
