import { join } from 'node:path';
import { BatchServerEnvironment, parseEnvironment } from '@plinth/contracts';
import { createPrometheus } from '@plinth/front/prometheus';
import { runService, serveFront, stopAsked } from '@plinth/front/serve';
import { openServerLog } from '@plinth/front/server-log';
import { configuredTokenVerifier, createIdentify, routeStates } from '@plinth/gateway';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { closeOpenAIPools } from '@plinth/models/openai';
import { createSageMakerRuntime } from '@plinth/models/sagemaker';
import { systemClock } from '@plinth/stores';
import { openEmbeddedBatches } from '@plinth/stores/batches/embedded';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import { createBatchApp } from './app.ts';
import { composeBatch } from './compose.ts';
import { modelOpener } from './models.ts';

/** Entry point on a laptop and at an edge site: API and worker. Prints one JSON line `{"event":"ready","url":…}` when it serves. */
async function main(): Promise<void> {
  const environment = parseEnvironment(BatchServerEnvironment, process.env);
  const log = openServerLog(environment.PLINTH_LOG_LEVEL);
  const logError = (error: unknown, where: string) => log.error({ where, err: error }, 'failed');
  const stores = await openEmbeddedStores({ folder: environment.PLINTH_STATE_DIR });
  const store = await openEmbeddedBatches({ folder: environment.PLINTH_BATCH_DIR });
  const objects = await openEmbeddedObjects({ folder: join(environment.PLINTH_BATCH_DIR, 'objects') });
  const bedrock = createBedrockRuntime({ region: environment.AWS_REGION, endpoint: environment.PLINTH_BEDROCK_URL });
  const sagemaker = createSageMakerRuntime({
    region: environment.AWS_REGION,
    endpoint: environment.PLINTH_SAGEMAKER_URL,
  });
  const prometheus = createPrometheus(
    () => platform.inFlight,
    () => routeStates(platform.router),
  );
  const platform = composeBatch({
    environment,
    ...stores,
    store,
    objects,
    identify: createIdentify({
      keys: stores.keys,
      clock: systemClock,
      defaultTenantLimits: environment.PLINTH_DEFAULT_LIMITS,
      // Files belong to somebody, so a token that names no tenant opens nothing.
      verifyToken: configuredTokenVerifier(environment),
    }),
    clock: systemClock,
    bedrock,
    openModel: modelOpener({ bedrock, sagemaker }, environment.PLINTH_REQUEST_TIMEOUT_MS),
    observe(summary) {
      prometheus.observe(summary);
      log.debug(summary, 'record');
    },
    logError,
  });
  const app = createBatchApp({
    ...platform,
    metrics: prometheus.text,
    ready: async () => {
      await Promise.all([stores.keys.getTenant('ready'), store.openBatches(1)]);
      return true;
    },
  });

  const front = await serveFront(app.fetch, {
    host: environment.PLINTH_HOST,
    port: environment.PLINTH_PORT,
    isUpload: (path) => path === '/v1/files',
  });
  await platform.start();
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: front.url })}\n`);

  await stopAsked(environment.PLINTH_EXIT_WITH_PARENT);
  await Promise.all([front.drain(), platform.stop()]);
  await closeOpenAIPools();
  await store.close();
  await stores.close();
}

runService(main);
