import { createServer } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { ChatServerEnvironment, parseEnvironment, PlatformError } from '@plinth/contracts';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { createOpenAIModel, closeOpenAIPools } from '@plinth/models/openai';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import pino from 'pino';
import { createChatApp } from './app.ts';
import { composeChat } from './compose.ts';
import { serveConsole } from './console-files.ts';
import { modelOpener } from './models.ts';
import { createPrometheus } from './prometheus.ts';

/** How long running answers may go on after a stop was asked for, milliseconds. */
const DRAIN_MS = 10_000;

/** Entry point in a container, on a laptop and at an edge site. Prints one JSON line `{"event":"ready","url":…}` when it serves. */
async function main(): Promise<void> {
  const environment = parseEnvironment(ChatServerEnvironment, process.env);
  // Lines are gathered and written together; they go to standard error, since standard output tells the starter what happens.
  const destination = pino.destination({ dest: 2, sync: false, minLength: 16_000, periodicFlush: 1_000 });
  const log = pino({ level: environment.PLINTH_LOG_LEVEL }, destination);
  const stores = await openEmbeddedStores({ folder: environment.PLINTH_STATE_DIR });
  const prometheus = createPrometheus(() => platform.admission.inFlight);
  const logError = (error: unknown, requestId: string) => log.error({ requestId, err: error }, 'request failed');
  const bedrock = createBedrockRuntime({ region: environment.AWS_REGION, endpoint: environment.PLINTH_BEDROCK_URL });
  const platform = composeChat({
    environment,
    ...stores,
    bedrock,
    openModel: modelOpener(bedrock, createOpenAIModel),
    observe(summary) {
      prometheus.observe(summary);
      log.info(summary, 'request');
    },
    logError,
  });
  const app = createChatApp({
    ...platform,
    logError,
    metrics: prometheus.text,
    ready: async () => {
      await stores.keys.getTenant('ready');
      return true;
    },
  });
  if (environment.PLINTH_CONSOLE_DIR !== undefined) serveConsole(app, environment.PLINTH_CONSOLE_DIR);

  const server = createAdaptorServer({
    fetch: app.fetch,
    createServer,
    serverOptions: { requestTimeout: 60_000, headersTimeout: 15_000 },
  });
  await listen(server, environment.PLINTH_PORT, environment.PLINTH_HOST);
  platform.admission.start();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : environment.PLINTH_PORT;
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: `http://${environment.PLINTH_HOST}:${port}` })}\n`);

  await stopAsked(environment.PLINTH_EXIT_WITH_PARENT);
  await drain(server);
  platform.admission.stop();
  await closeOpenAIPools();
  await stores.close();
  destination.flushSync();
}

type Server = ReturnType<typeof createAdaptorServer>;

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new PlatformError(
              'configuration',
              `Port ${port} is taken. Stop what listens there, or set PLINTH_PORT to another.`,
            )
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
}

function stopAsked(withParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    if (withParent) process.stdin.on('end', resolve).on('error', resolve).resume();
  });
}

/** Lets running answers end, for a while. */
async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  const timer = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const { code, message } = PlatformError.from(error);
    process.stdout.write(`${JSON.stringify({ event: 'failed', code, message })}\n`);
    console.error(error);
    process.exit(1);
  },
);
