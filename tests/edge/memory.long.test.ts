import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { composeBundle, digestOf, fileSigner, openFolderSink, publishBundle } from '@plinth/edge';
import { issueApiKey } from '@plinth/gateway';
import { locateWeights } from '@plinth/local';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { MemoryContainer } from './testing/container.ts';

const MIB = 1_048_576;
/** As the containers of the stack's site in dev are: together they are what the pod may take, and that is less than a gibibyte. */
const GATEWAY_MIB = 384;
const MODEL_MIB = 512;
const MODEL = 'smollm2-135m-instruct';
const ENTRY = resolve(import.meta.dirname, '../../services/edge/dist/server/index.mjs');
const CACHE = resolve(import.meta.dirname, '../../.plinth/models');
const AT_ONCE = 4;
const QUESTIONS = 24;

const keys = generateKeyPairSync('ed25519');
const ann = issueApiKey();
const probe = await MemoryContainer.open('probe', 64 * MIB);
await probe?.close();

let root: string;
let gateway: MemoryContainer;
let model: MemoryContainer;
const children: ChildProcess[] = [];
let url: string;
let health: string;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function publish(sequence: number): Promise<void> {
  const { path } = await locateWeights({ cacheDir: CACHE });
  const bundled = { name: MODEL, files: [{ path: 'model.gguf', ...(await digestOf(path)) }] };
  const key = {
    keyId: ann.keyId,
    secretHash: ann.secretHash,
    tenant: 'acme',
    principal: 'ann',
    groups: [],
    limits: {},
  };
  const contents = {
    models: { weights: [bundled] },
    policy: {},
    keys: { keys: [{ ...key, conversations: false, createdAt: 0 }] },
    budgets: { tenants: [] },
  };
  const dates = { issuedAt: new Date(), notAfter: new Date(Date.now() + 3_600_000) };
  const signer = fileSigner(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const composed = await composeBundle({ site: 'lab', sequence, ...dates, contents }, signer);
  await publishBundle(composed, openFolderSink(join(root, 'centre')), [
    { model: bundled, files: { 'model.gguf': path } },
  ]);
}

async function start(container: MemoryContainer, command: string, env: Record<string, string>) {
  const child = container.spawn([ENTRY, command], { PLINTH_MODELS_DIR: join(root, 'models'), ...env });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return JSON.parse(line) as { url: string; health: string };
}

beforeAll(async () => {
  if (probe === undefined) return;
  await access(ENTRY).catch(() => Promise.reject(new Error('Build it first: npx nx build @plinth/edge-service')));
  root = await mkdtemp(join(tmpdir(), 'plinth-edge-memory-'));
  gateway = (await MemoryContainer.open('gateway', GATEWAY_MIB * MIB))!;
  model = (await MemoryContainer.open('model', MODEL_MIB * MIB))!;
  await publish(1);
  const served = await start(model, 'model', {
    PLINTH_PORT: String(await freePort()),
    PLINTH_MODEL: MODEL,
    PLINTH_CONTEXT_TOKENS: '2048',
  });
  const limits = {
    contextTokens: 2_048,
    maxPromptTokens: 1_536,
    maxCompletionTokens: 256,
    price: { input: 0, output: 0 },
  };
  const target = { kind: 'openai', baseUrl: served.url, modelId: MODEL };
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  ({ url, health } = await start(gateway, 'gateway', {
    PLINTH_CATALOG: JSON.stringify([{ id: MODEL, target, local: true, contextPolicy: 'truncate', ...limits }]),
    PLINTH_SITE: 'lab',
    PLINTH_PORT: '0',
    PLINTH_HEALTH_PORT: String(await freePort()),
    PLINTH_STATE_DIR: join(root, 'records'),
    PLINTH_BUNDLES: pathToFileURL(`${root}/centre/`).href,
    PLINTH_BUNDLE_KEY: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    PLINTH_BUNDLE_POLL_MS: '2000',
    PLINTH_SYNC_QUEUE: `${nowhere}/1/lab`,
    PLINTH_SQS_URL: nowhere,
    PLINTH_BEDROCK_URL: nowhere,
    PLINTH_LOG_LEVEL: 'error',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }));
  const ready = async () => expect((await fetch(`${health}/ready`)).status).toBe(200);
  await vi.waitFor(ready, { timeout: 120_000, interval: 500 });
}, 180_000);

afterAll(async () => {
  if (probe === undefined) return;
  for (const child of children) {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
  await Promise.all([gateway.close(), model.close()]);
  await rm(root, { recursive: true, force: true });
});

const TOPICS = ['tides', 'bread', 'rust', 'magnets', 'yeast', 'glaciers'];
/** Every sixth nearly fills the prompt that the model takes. */
const question = (number: number) => {
  const topic = TOPICS[number % TOPICS.length];
  const padding = number % 6 === 0 ? `Here are my notes. ${`${topic} are worth a note. `.repeat(200)}` : '';
  return `${padding}Explain in three sentences how ${topic} work.`;
};

async function ask(number: number): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: MODEL,
      stream: number % 2 === 0,
      max_tokens: 96,
      messages: [{ role: 'user', content: question(number) }],
    }),
  });
  expect(response.status, await (response.ok ? '' : response.clone().text())).toBe(200);
  return (await response.text()).length;
}

it.skipIf(probe === undefined)(
  `gateway and SmolLM2 answer ${QUESTIONS} questions, ${AT_ONCE} at once, and take another bundle, in ${GATEWAY_MIB} and ${MODEL_MIB} MiB`,
  async () => {
    let next = 0;
    const caller = async () => {
      for (let number = next++; number < QUESTIONS; number = next++) expect(await ask(number)).toBeGreaterThan(20);
    };
    await publish(2);
    await Promise.all(Array.from({ length: AT_ONCE }, caller));
    const uses = { gateway: await gateway.use(), model: await model.use() };
    const mib = (bytes: number) => Math.round(bytes / MIB);
    for (const [name, { peak, anonymous }] of Object.entries(uses))
      console.log(
        `${name.padEnd(8)} peak ${mib(peak)} MiB with cached files, ${mib(anonymous)} MiB of its own at the end`,
      );
    console.log(`together peak ${mib(uses.gateway.peak + uses.model.peak)} MiB of 1024`);
    expect(uses.gateway.kills + uses.model.kills).toBe(0);
    expect(uses.gateway.peak + uses.model.peak).toBeLessThan(1_024 * MIB);
    for (const child of children) expect(child.exitCode).toBeNull();
  },
  600_000,
);
