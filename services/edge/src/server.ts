import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EdgeServerEnvironment, parseEnvironment } from '@plinth/contracts';
import {
  createFolderSink,
  httpProbe,
  LinkMonitor,
  openFolderSource,
  SiteBundles,
  trustedKey,
  type BundleSource,
  type ReportSink,
} from '@plinth/edge';
import { openS3Source } from '@plinth/edge/bundle/aws';
import { createSqsSink } from '@plinth/edge/reports/aws';
import { createFrontApp } from '@plinth/front';
import { createPrometheus } from '@plinth/front/prometheus';
import { serveFront, stopAsked } from '@plinth/front/serve';
import { openServerLog } from '@plinth/front/server-log';
import { auditedAdmission, routeStates, type RequestSummary } from '@plinth/gateway';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { closeOpenAIPools } from '@plinth/models/openai';
import { systemClock } from '@plinth/stores';
import { openEmbeddedSite } from '@plinth/stores/embedded';
import { composeServing, type Serving, type ServingParts } from './compose-serving.ts';
import { serveHealth } from './health-server.ts';
import { modelProblem, modelSilence } from './model-health.ts';
import { Standing, stoppedError } from './standing.ts';

/** A site's gateway. Prints one JSON line `{"event":"ready","url":…}` when it listens; it takes requests once it has a bundle. */
export async function runGateway(variables: Record<string, string | undefined>): Promise<void> {
  const environment = parseEnvironment(EdgeServerEnvironment, variables);
  const log = openServerLog(environment.PLINTH_LOG_LEVEL);
  const logError = (error: unknown, requestId: string) => log.error({ requestId, err: error }, 'request failed');

  const { PLINTH_STATE_DIR: folder, AWS_REGION: region } = environment;
  const stores = await openEmbeddedSite({ folder });
  const clock = systemClock;
  const bedrock = createBedrockRuntime({ region, endpoint: environment.PLINTH_BEDROCK_URL });
  const admission = auditedAdmission({ ...stores, clock, ttlMs: environment.PLINTH_RESERVATION_TTL_MS, logError });
  const reserveBytes = environment.PLINTH_DISK_RESERVE_MB * 1_048_576;
  let serving: Serving | undefined;
  const prometheus = createPrometheus(
    () => admission.inFlight,
    () => (serving === undefined ? [] : routeStates(serving.path.answering.router)),
  );
  const observe = (summary: RequestSummary) => {
    prometheus.observe(summary);
    log.info(summary, 'request');
  };

  const link = new LinkMonitor({
    probe: httpProbe(environment.PLINTH_BEDROCK_URL ?? `https://bedrock-runtime.${region}.amazonaws.com/`),
    onChange: (online) => log.warn({ online }, 'link'),
  });
  const sink = openSink(environment, link);
  const standing: Standing = new Standing(
    () => bundles.status(),
    () => serving?.rules.offline ?? environment.PLINTH_OFFLINE,
  );

  /** What keeps the site from being ready. */
  const problem = async (signal: AbortSignal): Promise<string | undefined> => {
    if (serving === undefined) return 'There is no bundle yet.';
    return modelProblem(serving.rules.catalog, serving.bundle.contents.models.weights, signal);
  };

  const parts: ServingParts = {
    environment,
    stores,
    admission,
    bedrock,
    standing,
    link,
    sink,
    clock,
    reserveBytes,
    observe,
    metrics: prometheus.text,
    ready: async () => (await problem(new AbortController().signal)) === undefined,
    logError,
  };
  const bundles: SiteBundles = new SiteBundles({
    folder: join(folder, 'bundles'),
    modelsFolder: environment.PLINTH_MODELS_DIR,
    site: environment.PLINTH_SITE,
    key: trustedKey(environment.PLINTH_BUNDLE_KEY),
    source: openSource(environment),
    pollMs: environment.PLINTH_BUNDLE_POLL_MS,
    watchMs: environment.PLINTH_BUNDLE_WATCH_MS,
    reserveBytes,
    async apply(bundle) {
      const next = composeServing(parts, bundle);
      const before = serving;
      serving = next;
      await before?.site.stop();
      next.site.start();
    },
    problem: async (signal) => (await problem(signal)) ?? modelSilence(serving!.rules.catalog, signal),
    onEvent: (event) =>
      event.kind === 'failed' ? log.error({ err: event.error }, 'bundle') : log.warn(event, 'bundle'),
    onHeard: (reached) => {
      if (environment.PLINTH_BUNDLES.startsWith('file:')) return;
      if (reached) link.saw(true);
      else link.doubt();
    },
  });

  const closed = createFrontApp({ ready: async () => false, logError }, (app) =>
    app.use('/v1/*', () => {
      throw stoppedError(standing.status);
    }),
  );
  await bundles.open();
  const health = await serveHealth(problem, { host: environment.PLINTH_HOST, port: environment.PLINTH_HEALTH_PORT });
  const front = await serveFront(
    (request, bindings) => {
      const { pathname } = new URL(request.url);
      // How the site stands can be asked when it is stopped, too.
      const shut =
        serving === undefined ||
        (standing.mode === 'stopped' && pathname.startsWith('/v1/') && pathname !== '/v1/site');
      return (shut ? closed : serving!.app).fetch(request, bindings);
    },
    { host: environment.PLINTH_HOST, port: environment.PLINTH_PORT },
  );
  admission.start();
  link.start();
  bundles.start();
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: front.url, health: health.url })}\n`);

  await stopAsked(environment.PLINTH_EXIT_WITH_PARENT);
  await front.drain();
  await Promise.all([bundles.stop(), link.stop(), health.close()]);
  await serving?.site.stop();
  admission.stop();
  await closeOpenAIPools();
  await sink.close();
  await stores.close();
}

function openSource({
  PLINTH_BUNDLES: uri,
  PLINTH_S3_URL: endpoint,
  AWS_REGION: region,
}: EdgeServerEnvironment): BundleSource {
  return uri.startsWith('file:')
    ? openFolderSource(fileURLToPath(uri))
    : openS3Source({ uri, region, ...(endpoint === undefined ? {} : { endpoint }) });
}

function openSink(environment: EdgeServerEnvironment, link: LinkMonitor): ReportSink & { close(): Promise<void> } {
  const { PLINTH_SYNC_QUEUE: queueUrl, PLINTH_SQS_URL: endpoint, AWS_REGION: region } = environment;
  if (queueUrl.startsWith('file:'))
    return { ...createFolderSink(fileURLToPath(queueUrl)), close: async () => undefined };
  const queue = createSqsSink({ queueUrl, region, endpoint });
  return { ...heardBy(link, queue), close: queue.close };
}

/** Reports are calls to the centre as well: they say whether it can be reached. */
function heardBy(link: LinkMonitor, sink: ReportSink): ReportSink {
  return {
    async send(body, options) {
      try {
        await sink.send(body, options);
        link.saw(true);
      } catch (error) {
        if (!options.signal.aborted) link.doubt();
        throw error;
      }
    },
  };
}
