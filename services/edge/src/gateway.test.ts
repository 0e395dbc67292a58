import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { BundleContents, OfflinePolicy, SiteView } from '@plinth/contracts';
import { composeBundle, digestOf, fileSigner, openFolderSink, publishBundle } from '@plinth/edge';
import { issueApiKey } from '@plinth/gateway';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const keys = generateKeyPairSync('ed25519');
const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const ann = issueApiKey();
const bob = issueApiKey();

/** A model server on site, as llama.cpp's and vLLM's are asked. */
class SmallModel {
  weights: string[] = [];
  /** 200 while it does well. */
  status = 200;
  #server!: Server;

  async open(): Promise<string> {
    this.#server = createServer((request, response) => {
      const answer = (body: object) =>
        response.writeHead(this.status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url === '/health') return void answer({ status: 'ok', weights: this.weights });
      const message = { role: 'assistant', content: 'Here.' };
      const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 };
      const choice = { index: 0, message, finish_reason: 'stop' };
      const chunk = (delta: object, finish: string | null) => ({
        id: '1',
        object: 'chat.completion.chunk',
        created: 0,
        model: 'small',
        choices: [{ index: 0, delta, finish_reason: finish }],
      });
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        if ((JSON.parse(body) as { stream?: boolean }).stream !== true)
          return void answer({
            id: '1',
            object: 'chat.completion',
            created: 0,
            model: 'small',
            choices: [choice],
            usage,
          });
        response.writeHead(this.status, { 'content-type': 'text/event-stream' });
        for (const event of [chunk(message, null), chunk({}, 'stop'), { ...chunk({}, null), choices: [], usage }])
          response.write(`data: ${JSON.stringify(event)}\n\n`);
        response.end('data: [DONE]\n\n');
      });
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const model = new SmallModel();
let root: string;
let modelUrl: string;
let child: ChildProcess;
let url: string;
let health: string;
/** What the process said on standard error. */
let said = '';

const LIMITS = { contextTokens: 1_000, maxPromptTokens: 800, maxCompletionTokens: 100, price: { input: 0, output: 0 } };
const record = (key: { keyId: string; secretHash: string }, principal: string) => {
  const fields = { tenant: 'acme', principal, groups: [], limits: {}, conversations: false, createdAt: 0 };
  return { keyId: key.keyId, secretHash: key.secretHash, ...fields };
};

async function publish(sequence: number, changes: Partial<BundleContents> = {}, weights?: string): Promise<void> {
  const local = join(root, 'small.gguf');
  if (weights !== undefined) await writeFile(local, weights);
  const bundled =
    weights === undefined ? [] : [{ name: 'small', files: [{ path: 'small.gguf', ...(await digestOf(local)) }] }];
  const contents: BundleContents = {
    models: { weights: bundled },
    policy: {},
    keys: { keys: [record(ann, 'ann')] },
    budgets: { tenants: [] },
    ...changes,
  };
  const dates = { issuedAt: new Date(), notAfter: new Date(Date.now() + 3_600_000) };
  const composed = await composeBundle({ site: 'lab', sequence, ...dates, contents }, fileSigner(privateKey));
  const files = bundled.map((each) => ({ model: each, files: { 'small.gguf': local } }));
  await publishBundle(composed, openFolderSink(join(root, 'centre')), files);
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function start(): Promise<void> {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const catalog = [
    { id: 'small', target: { kind: 'openai', baseUrl: modelUrl, modelId: 'small' }, local: true, ...LIMITS },
    { id: 'large', target: { kind: 'bedrock', modelId: 'large' }, ...LIMITS },
  ];
  child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), 'gateway'], {
    env: {
      PATH: process.env['PATH'],
      PLINTH_CATALOG: JSON.stringify(catalog),
      PLINTH_SITE: 'lab',
      PLINTH_PORT: '0',
      PLINTH_HEALTH_PORT: String(await freePort()),
      PLINTH_STATE_DIR: join(root, 'records'),
      PLINTH_MODELS_DIR: join(root, 'models'),
      PLINTH_BUNDLES: pathToFileURL(`${root}/centre/`).href,
      PLINTH_BUNDLE_KEY: publicKey,
      PLINTH_BUNDLE_POLL_MS: '1000',
      PLINTH_BUNDLE_WATCH_MS: '8000',
      PLINTH_SYNC_QUEUE: `${nowhere}/1/lab`,
      PLINTH_SQS_URL: nowhere,
      PLINTH_BEDROCK_URL: nowhere,
      PLINTH_EXIT_WITH_PARENT: 'true',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-20_000)));
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const told = JSON.parse(line) as { event: string; url: string; health: string; message?: string };
  if (told.event !== 'ready') throw new Error(`${told.message}: ${said}`);
  ({ url, health } = told);
}

async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'plinth-edge-service-'));
  modelUrl = await model.open();
  await start();
});
afterAll(async () => {
  await stop();
  model.close();
  await rm(root, { recursive: true, force: true });
});

const ask = async (name: string, key = ann.key, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: name, messages: [{ role: 'user', content: 'Where?' }] }),
  });
  type Body = { error?: { code: string }; choices?: { message: { content: string } }[]; status?: string };
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
};
const site = async (key = ann.key) => {
  const response = await fetch(`${url}/v1/site`, { headers: { authorization: `Bearer ${key}` } });
  return (await response.json()) as SiteView;
};
const ready = async () => {
  const response = await fetch(`${health}/ready`);
  return { status: response.status, body: (await response.json()) as { problem?: string } };
};
const untilSequence = (sequence: number, key = ann.key) =>
  vi.waitFor(async () => expect((await site(key)).bundle?.sequence).toBe(sequence), { timeout: 20_000, interval: 100 });

describe('a site', () => {
  it('lives without a bundle, is not ready, and takes nothing', async () => {
    expect((await fetch(`${health}/live`)).status).toBe(200);
    expect(await ready()).toEqual({ status: 503, body: { status: 'not ready', problem: 'There is no bundle yet.' } });
    const { status, headers, body } = await ask('small');
    expect({ status, code: body.error?.code }).toEqual({ status: 503, code: 'site_offline' });
    expect(headers.get('retry-after')).toBe('60');
  });

  it('serves by its first bundle without a start: its keys, its model', async () => {
    await publish(1);
    await untilSequence(1);
    expect(await ready()).toMatchObject({ status: 200 });
    expect((await ask('small')).body.choices?.[0]?.message.content).toBe('Here.');
    expect((await ask('small', bob.key)).status).toBe(401);
    expect((await fetch(`${url}/v1/site`)).status).toBe(401);
    expect(await site()).toMatchObject({
      object: 'site',
      name: 'lab',
      mode: 'serving',
      link: { online: false },
      bundle: { sequence: 1, stale: false },
      outbox: { items: 0 },
    });
  });

  it('without its link refuses what is heavy as retryable, or keeps it where its caller can wait', async () => {
    const refused = await ask('large');
    expect([refused.status, refused.body.error?.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'site_offline',
      '60',
    ]);
    const kept = await ask('large', ann.key, { prefer: 'respond-async' });
    expect([kept.status, kept.body.status]).toEqual([202, 'queued']);
    expect((await site()).outbox.items).toBe(1);
  });

  it('takes a newer bundle while it serves: who is not in it any more is nobody at once', async () => {
    await publish(2, { keys: { keys: [record(bob, 'bob')] } }, 'weights of 2');
    model.weights = [(await digestOf(join(root, 'small.gguf'))).sha256];
    await untilSequence(2, bob.key);
    expect((await ask('small', bob.key)).status).toBe(200);
    expect((await ask('small', ann.key)).status).toBe(401);
  });

  it('goes back when its model does not follow to the new one', async () => {
    await vi.waitFor(async () => expect((await site(bob.key)).bundle?.proven).toBe(true), { timeout: 20_000 });
    // The model's server goes on with the weights of before.
    await publish(4, { keys: { keys: [record(bob, 'bob')] } }, 'weights of 4');
    await vi.waitFor(async () => expect((await site(bob.key)).rejected).toHaveLength(1), { timeout: 30_000 });
    // It is told of as rejected a moment before the one of before serves again.
    await untilSequence(2, bob.key);
    expect(await site(bob.key)).toMatchObject({
      bundle: { sequence: 2 },
      rejected: [{ sequence: 4, problem: 'The model "small" still serves the weights of another bundle.' }],
    });
    expect((await ask('small', bob.key)).status).toBe(200);
  });

  it('is ready only while its model is', async () => {
    model.status = 500;
    expect(await ready()).toMatchObject({ status: 503, body: { problem: 'The model "small" is not ready (500).' } });
    model.status = 200;
    expect((await ready()).status).toBe(200);
  });

  it.each([
    ['local-only', 200],
    ['stop', 503],
  ] as const)(
    'killed, and without its centre for longer than it may, it comes up as its policy says: %s',
    async (whenStale, status) => {
      const offline: OfflinePolicy = {
        heavyRequests: 'wait',
        outboxItems: 10,
        outboxHours: 1,
        staleHours: 1,
        whenStale,
      };
      const sequence = whenStale === 'stop' ? 6 : 5;
      await publish(sequence, { policy: { offline }, keys: { keys: [record(bob, 'bob')] } });
      await untilSequence(sequence, bob.key);
      await vi.waitFor(async () => expect((await site(bob.key)).bundle?.proven).toBe(true), { timeout: 20_000 });
      await stop('SIGKILL');
      await rm(join(root, 'centre'), { recursive: true });
      // Its own record of when the centre was heard last, an hour and more ago.
      const file = join(root, 'records/bundles/state.json');
      const state = JSON.parse(await readFile(file, 'utf8')) as { confirmedAt: number };
      await writeFile(file, JSON.stringify({ ...state, confirmedAt: state.confirmedAt - 4_000_000 }));
      await start();
      expect((await ask('small', bob.key)).status).toBe(status);
      expect((await ask('large', bob.key)).body.error?.code).toBe('site_offline');
      expect(await site(bob.key)).toMatchObject({
        mode: whenStale === 'stop' ? 'stopped' : 'restricted',
        bundle: { sequence, stale: true },
      });
    },
  );
});
