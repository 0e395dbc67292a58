import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { TcpLink } from '@plinth/local/link';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { Command } from 'commander';
import { startBatch } from '../laptop/batch-service.ts';
import { laptopCatalog } from '../laptop/catalog.ts';
import { startChild, type Child } from '../laptop/child.ts';
import { builtConsole } from '../laptop/console-build.ts';
import { developmentKey } from '../laptop/development-key.ts';
import { startEdge } from '../laptop/edge-service.ts';
import { freePort, freePortOr0 } from '../laptop/free-port.ts';
import { serveLinkSwitch } from '../laptop/link-switch.ts';
import { startRag } from '../laptop/rag-service.ts';
import { readRunFile, removeRunFile, writeRunFile, type RunFile } from '../laptop/run-file.ts';
import { dataFolder, stateFolder, WORKSPACE } from '../workspace.ts';

const HOST = '127.0.0.1';
/** Fetching the weights on a slow line is part of getting ready. */
const MODEL_READY_MS = 1_800_000;
const CHAT_READY_MS = 60_000;
const CREDENTIALS = {
  // The local endpoint takes any well-formed signature; real credentials are never sent to it.
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIALAPTOPLAPTOPLAPT',
  AWS_SECRET_ACCESS_KEY: 'laptop',
  AWS_SESSION_TOKEN: '',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

export function upCommand(): Command {
  return new Command('up')
    .description('run the platform on this machine until Ctrl-C')
    .option('--port <port>', 'port of console and API', process.env['PLINTH_PORT'] ?? '8080')
    .option('--json', 'print one JSON line when ready')
    .action((options: { port: string; json?: boolean }) => up(Number(options.port), options.json === true));
}

async function up(port: number, json: boolean): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new PlatformError('configuration', 'The port is a number from 0 to 65535. Set --port or PLINTH_PORT.');
  const state = stateFolder(process.env);
  await mkdir(state, { recursive: true, mode: 0o700 });
  const running = await readRunFile(state);
  if (running !== undefined)
    throw new PlatformError(
      'configuration',
      `Plinth already runs on ${running.url} (process ${running.pid}). Stop it with Ctrl-C there first.`,
    );
  if (port !== 0 && (await freePortOr0(port, HOST)) === 0)
    throw new PlatformError(
      'configuration',
      `Port ${port} is taken. Stop what listens there, or choose another: PLINTH_PORT=8090 npm start`,
    );

  const children: Child[] = [];
  const stopping = stopSignal();
  const say = (text: string) => void (json ? undefined : process.stderr.write(`  ${text}\n`));
  let asked = false;
  void stopping.then(() => (asked = true));
  try {
    // What is cut short by Ctrl-C is no trouble to tell of.
    const starting = startAll(
      port,
      state,
      (text) => asked || say(text),
      (child) => children.push(child),
    );
    const started = await Promise.race([starting, stopping]);
    if (started !== undefined) {
      const { run, joining } = started;
      await writeRunFile(state, run);
      process.stdout.write(json ? `${JSON.stringify(run)}\n` : welcome(run.url, run.apiKey));
      const lost =
        (await Promise.race([joinAll(run, joining, state), stopping, firstLost(children)])) ??
        (await Promise.race([stopping, firstLost(children)]));
      if (lost !== undefined)
        throw new PlatformError('internal', `${lost} ended unexpectedly. See ${join(state, `${lost}.log`)}.`);
      say('Stopping');
    }
  } finally {
    await removeRunFile(state);
    await Promise.all(children.map((child) => child.stop()));
  }
  // A start that was interrupted may still be under way; what it started ends with this process.
  process.exit(0);
}

function firstLost(children: readonly Child[]): Promise<string> {
  return Promise.race(children.map((child) => child.ended.then(() => child.name)));
}

/** What comes up beside the chat: undefined where it cannot run, which it has said why. */
type Joining = Readonly<Record<string, Promise<Child | undefined>>>;

/** Waits for those that come later, and strikes out what does not come. */
async function joinAll(run: RunFile, joining: Joining, state: string): Promise<undefined> {
  const absent = new Set<string>();
  for (const [name, child] of Object.entries(joining)) if ((await child) === undefined) absent.add(name);
  if (absent.size > 0)
    await writeRunFile(state, { ...run, services: run.services.filter(({ name }) => !absent.has(name)) });
  return undefined;
}

async function startAll(
  port: number,
  state: string,
  say: (text: string) => void,
  started: (child: Child) => void,
): Promise<{ readonly run: RunFile; readonly joining: Joining }> {
  const [model, consoleFolder, apiKey] = await Promise.all([
    startModel(port, state, say),
    builtConsole(say),
    openKey(state),
  ]);
  started(model);
  const openai = String(model.ready['openai']);
  const bedrock = String(model.ready['bedrock']);
  const [ragPort, batchPort] = [await portBeside(port, 4), await portBeside(port, 5)];
  const edgePort = await portBeside(port, 6);
  // The site's way to its centre. It can be cut, so that a person can watch what the site does then.
  const link = new TcpLink();
  const linkSwitch = await serveLinkSwitch({ link, host: HOST, port: 0, apiKey });
  const chat = await startChild({
    name: 'chat',
    entry: join(WORKSPACE, 'services/chat/src/server.ts'),
    logFolder: state,
    readyTimeoutMs: CHAT_READY_MS,
    onLine: () => undefined,
    environment: {
      PLINTH_HOST: HOST,
      PLINTH_PORT: String(port),
      PLINTH_STATE_DIR: dataFolder(state),
      PLINTH_CONSOLE_DIR: consoleFolder,
      PLINTH_CATALOG:
        process.env['PLINTH_CATALOG'] ?? JSON.stringify(laptopCatalog(String(model.ready['model']), openai)),
      PLINTH_BEDROCK_URL: bedrock,
      PLINTH_RAG_URL: `http://${HOST}:${ragPort}`,
      PLINTH_BATCH_URL: `http://${HOST}:${batchPort}`,
      PLINTH_EDGE_URL: `http://${HOST}:${edgePort}`,
      PLINTH_EDGE_LINK_URL: linkSwitch.url,
      ...CREDENTIALS,
    },
  });
  started(chat);
  // After the chat, which they would take the processor from, and which serves whether they do or not.
  const beside = { host: HOST, state, model: model.ready, credentials: CREDENTIALS, say };
  const [rag, batch] = [startRag({ ...beside, port: ragPort }), startBatch({ ...beside, port: batchPort })];
  const centre = await link.toUrl(bedrock);
  // Last, since nobody waits for it.
  const edge = Promise.all([rag, batch]).then(() => startEdge({ ...beside, port: edgePort, centre }));
  const joining = { rag, batch, edge };
  for (const starting of Object.values(joining)) void starting.then((child) => child && started(child));
  const url = String(chat.ready['url']);
  const services = [
    { name: 'chat', url },
    { name: 'rag', url: `http://${HOST}:${ragPort}`, joins: true },
    { name: 'batch', url: `http://${HOST}:${batchPort}`, joins: true },
    { name: 'edge', url: `http://${HOST}:${edgePort}`, joins: true },
    { name: 'model', url: openai },
    { name: 'bedrock', url: bedrock },
  ];
  return { run: { pid: process.pid, url, apiKey, services }, joining };
}

function portBeside(port: number, step: number): Promise<number> {
  return freePort(port === 0 ? 0 : port + step, HOST);
}

async function startModel(port: number, state: string, say: (text: string) => void): Promise<Child> {
  say('Loading the model');
  const beside = (step: number) => (port === 0 ? Promise.resolve(0) : freePortOr0(port + step, HOST));
  return startChild({
    name: 'model',
    entry: join(WORKSPACE, 'packages/local/src/server.ts'),
    logFolder: state,
    readyTimeoutMs: MODEL_READY_MS,
    onLine: (line) => say(progress(line)),
    environment: {
      PLINTH_MODEL_PORT: process.env['PLINTH_MODEL_PORT'] ?? String(await beside(1)),
      PLINTH_BEDROCK_PORT: process.env['PLINTH_BEDROCK_PORT'] ?? String(await beside(2)),
      PLINTH_SAGEMAKER_PORT: process.env['PLINTH_SAGEMAKER_PORT'] ?? String(await beside(3)),
      PLINTH_MODEL_CACHE: process.env['PLINTH_MODEL_CACHE'] ?? join(state, 'models'),
    },
  });
}

async function openKey(state: string): Promise<string> {
  const stores = await openEmbeddedStores({ folder: dataFolder(state) });
  try {
    return await developmentKey(state, stores.keys);
  } finally {
    await stores.close();
  }
}

function progress(line: Record<string, unknown>): string {
  const { source, receivedBytes, totalBytes } = line;
  if (line['event'] !== 'progress') return String(line['message'] ?? line['event']);
  const megabytes = (bytes: unknown) => (Number(bytes) / 1e6).toFixed(0);
  return `Fetching the model from ${String(source)}: ${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB`;
}

function welcome(url: string, apiKey: string): string {
  return `
  Plinth is ready.

    Console and API   ${url}
    Development key   ${apiKey}

  Try it:
    curl -N ${url}/v1/chat/completions -H "Authorization: Bearer ${apiKey}" \\
      -H 'Content-Type: application/json' \\
      -d '{"model":"smollm2-135m-instruct","stream":true,"messages":[{"role":"user","content":"What is gravity?"}]}'

  Ctrl-C stops everything.

`;
}

function stopSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(undefined));
  });
}
