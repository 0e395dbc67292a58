import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnvironment, RagServerEnvironment } from '@plinth/contracts';
import { createAnswerPrometheus } from '@plinth/front/answer-metrics';
import { createPrometheus } from '@plinth/front/prometheus';
import { runService, serveFront, stopAsked } from '@plinth/front/serve';
import { openServerLog } from '@plinth/front/server-log';
import { configuredTokenVerifier, createIdentify, routeStates } from '@plinth/gateway';
import { composeIngest } from '@plinth/ingest';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { closeOpenAIPools, createOpenAIModel } from '@plinth/models/openai';
import { poolsAdapter } from '@plinth/models/routing';
import { createSageMakerRuntime } from '@plinth/models/sagemaker';
import {
  chunkDocument,
  createOpenAIEmbedder,
  HybridRetriever,
  migrate,
  openPostgresDatabase,
  SqlLibrary,
} from '@plinth/retrieval';
import { citedFromLibrary, SqlAnswerStore } from '@plinth/retrieval/answer';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { createBoundedParser } from '@plinth/retrieval/parse';
import { systemClock } from '@plinth/stores';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import { createWordPieceTokenizer } from '@plinth/tokens';
import { createRagApp } from './app.ts';
import { composeRag } from './compose.ts';
import { modelOpener } from './models.ts';
import { answerSummary, monitorAnswers } from './on-answer.ts';

/** Entry point on a laptop and at an edge site. Prints one JSON line `{"event":"ready","url":…}` when it serves. */
async function main(): Promise<void> {
  const environment = parseEnvironment(RagServerEnvironment, process.env);
  const log = openServerLog(environment.PLINTH_LOG_LEVEL);
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
  const objects = await openEmbeddedObjects({ folder: join(environment.PLINTH_RETRIEVAL_DIR, 'originals') });
  const parser = createBoundedParser();
  const ingest = composeIngest({
    database,
    objects,
    parser,
    chunk: (document) => chunkDocument(document, { tokens }),
    embedder,
    audit: stores.audit,
    clock: systemClock,
    folders: environment.PLINTH_FOLDERS,
    // A document that takes this process down takes the answers down with it.
    mostLeases: 5,
    log: ({ level, message, ...rest }) => log[level](rest, message),
  });
  const library = new SqlLibrary({ database });

  const prometheus = createPrometheus(
    () => platform.admission.inFlight,
    () => routeStates(platform.router),
  );
  const answerMetrics = createAnswerPrometheus();
  const identify = createIdentify({
    keys: stores.keys,
    clock: systemClock,
    defaultTenantLimits: environment.PLINTH_DEFAULT_LIMITS,
    // Documents belong to somebody, so a token that names no tenant opens nothing.
    verifyToken: configuredTokenVerifier(environment),
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
    openModel: modelOpener({ bedrock, sagemaker, openai: createOpenAIModel, pools: poolsAdapter() }),
    observe(summary) {
      prometheus.observe(summary);
      log.info(summary, 'request');
    },
    logError,
  });
  const app = createRagApp({
    ...platform,
    kept: { answers, readCitedTexts: citedFromLibrary(library) },
    documents: { ...ingest, library, objects, audit: stores.audit },
    database,
    evaluationSets: questionSets(environment),
    onFeedback: (rating) => answerMetrics.rated(rating),
    onMonitored: (tenant, report) => answerMetrics.monitored(tenant, report),
    metrics: async () => `${await prometheus.text()}\n${await answerMetrics.text()}`,
    ready: async () => {
      await Promise.all([
        stores.keys.getTenant('ready'),
        database.transaction({ role: 'owner' }, (sql) => sql.query('SELECT 1')),
      ]);
      return true;
    },
  });

  const front = await serveFront(app.fetch, {
    host: environment.PLINTH_HOST,
    port: environment.PLINTH_PORT,
    isUpload: (path) => path.startsWith('/v1/documents'),
  });
  platform.admission.start();
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: front.url })}\n`);
  ingest.start().catch((error: unknown) => logError(error, 'folders'));

  await stopAsked(environment.PLINTH_EXIT_WITH_PARENT);
  await front.drain();
  platform.admission.stop();
  await ingest.stop();
  await parser.close();
  await closeOpenAIPools();
  await database.close();
  await stores.close();
}

/** Read when they are asked for: a set may be changed while the service runs. */
function questionSets({ PLINTH_QUESTION_SETS }: RagServerEnvironment) {
  return Object.fromEntries(
    Object.entries(PLINTH_QUESTION_SETS).map(([name, file]) => [name, () => readFile(file, 'utf8')]),
  );
}

function openDatabase({ PLINTH_PG_URL: url, PLINTH_RETRIEVAL_DIR: folder }: RagServerEnvironment) {
  return url === undefined
    ? openEmbeddedDatabase({ folder: join(folder, 'index') })
    : Promise.resolve(openPostgresDatabase({ target: { kind: 'url', url } }));
}

runService(main);
