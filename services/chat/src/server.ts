import { ChatServerEnvironment, parseEnvironment } from '@plinth/contracts';
import { chatOnNode } from '@plinth/front/chat-on-node';
import type { FrontApp } from '@plinth/front';
import { addForward } from '@plinth/front/forward';
import { createPrometheus } from '@plinth/front/prometheus';
import { runService, serveFront, stopAsked } from '@plinth/front/serve';
import { openServerLog } from '@plinth/front/server-log';
import { routeStates } from '@plinth/gateway';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { createOpenAIModel, closeOpenAIPools } from '@plinth/models/openai';
import { poolsAdapter } from '@plinth/models/routing';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { createChatApp } from './app.ts';
import { composeChat } from './compose.ts';
import { serveConsole } from './console-files.ts';
import { modelOpener } from './models.ts';

/** Entry point in a container, on a laptop and at an edge site. Prints one JSON line `{"event":"ready","url":…}` when it serves. */
async function main(): Promise<void> {
  const environment = parseEnvironment(ChatServerEnvironment, process.env);
  const log = openServerLog(environment.PLINTH_LOG_LEVEL);
  const stores = await openEmbeddedStores({ folder: environment.PLINTH_STATE_DIR });
  const prometheus = createPrometheus(
    () => platform.admission.inFlight,
    () => routeStates(platform.router),
  );
  const logError = (error: unknown, requestId: string) => log.error({ requestId, err: error }, 'request failed');
  const bedrock = createBedrockRuntime({ region: environment.AWS_REGION, endpoint: environment.PLINTH_BEDROCK_URL });
  const platform = composeChat({
    environment,
    ...stores,
    bedrock,
    openModel: modelOpener(bedrock, { openai: createOpenAIModel, pools: poolsAdapter() }),
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
    addBeside: (routes) => forwardBeside(routes, environment),
    ready: async () => {
      await stores.keys.getTenant('ready');
      return true;
    },
  });
  if (environment.PLINTH_CONSOLE_DIR !== undefined) serveConsole(app, environment.PLINTH_CONSOLE_DIR);

  const front = await serveFront(app.fetch, {
    host: environment.PLINTH_HOST,
    port: environment.PLINTH_PORT,
    direct: chatOnNode({ ...platform, logError }),
    isUpload: (path) => path.startsWith('/rag/v1/documents') || path === '/v1/files',
  });
  platform.admission.start();
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: front.url })}\n`);

  await stopAsked(environment.PLINTH_EXIT_WITH_PARENT);
  await front.drain();
  platform.admission.stop();
  await closeOpenAIPools();
  await stores.close();
}

/** Services beside this one, so that a laptop has one origin. OpenAI's clients look for files and batches where they look for the chat. */
function forwardBeside(app: FrontApp, environment: ChatServerEnvironment): void {
  const { PLINTH_RAG_URL: rag, PLINTH_BATCH_URL: batch } = environment;
  const { PLINTH_EDGE_URL: edge, PLINTH_EDGE_LINK_URL: link } = environment;
  if (link !== undefined)
    addForward(app, { prefix: '/edge', routes: ['/edge/v1/link'], target: link, service: 'switch of the link' });
  if (edge !== undefined) addForward(app, { prefix: '/edge', target: edge, service: 'site' });
  if (rag !== undefined) addForward(app, { prefix: '/rag', target: rag, service: 'retrieval service' });
  if (batch === undefined) return;
  const routes = ['/v1/files', '/v1/batches', '/v1/async'].flatMap((path) => [path, `${path}/*`]);
  addForward(app, {
    prefix: '',
    routes,
    paths: /^\/v1\/(?:files|batches|async)(?:\/|$)/,
    target: batch,
    service: 'batch service',
  });
}

runService(main);
