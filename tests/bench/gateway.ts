import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Limits, ModelCatalog } from '@plinth/contracts';
import { issueApiKey } from '@plinth/gateway';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { abortStreams, load, percentile, type LoadResult } from './load.ts';
import { compiled, cpuMs, pinSelf, start, type Running } from './processes.ts';

const HERE = import.meta.dirname;
const CHAT = resolve(HERE, '../../services/chat');
const TOKENS = 50;
/** Every limit is counted; none is reached. */
const LIMITS: Limits = {
  requestsPerMinute: 1e12,
  concurrentRequests: 1e12,
  tokensPerMinute: 1e14,
  tokensPerDay: 1e14,
  tokensPerMonth: 1e14,
  nanoUsdPerDay: 9e15,
  nanoUsdPerMonth: 9e15,
};
const MESSAGES = [
  { role: 'system', content: 'You are a helpful assistant. Answer briefly and name your sources.' },
  {
    role: 'user',
    content:
      'Explain in a few sentences how a heat pump works, and when it is better than a gas boiler for a small house.',
  },
];

export interface Row {
  readonly scenario: string;
  readonly connections: number;
  readonly target: 'upstream' | 'plain proxy' | 'governed';
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly ttftP50Ms: number;
  readonly ttftP99Ms: number;
  /** CPU of the server under test, microseconds; absent for the upstream alone. */
  readonly cpuPerRequestUs?: number;
  readonly cpuPerTokenUs?: number;
  readonly failed: number;
}

interface Target {
  readonly name: Row['target'];
  readonly url: string;
  readonly pid?: number;
  readonly headers: Record<string, string>;
  readonly path: (pace: 'paced' | 'instant') => string;
  readonly model: (pace: 'paced' | 'instant') => string;
}

/** The whole governed path against a plain Node proxy, in front of one fake upstream, in one run. */
export async function benchGateway(options: {
  seconds: number;
  pieces: boolean;
  say: (text: string) => void;
}): Promise<Row[]> {
  pinSelf(1);
  const folder = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
  // Inside the checkout, where the packages they use are found.
  const built = join(HERE, 'dist');
  execFileSync(process.execPath, [resolve(CHAT, '../../tools/bundle/bundle.mjs')], { cwd: CHAT, stdio: 'ignore' });
  const running: Running[] = [];
  try {
    const upstream = await start(
      await compiled(join(HERE, 'servers/upstream.ts'), built),
      [options.pieces ? 'piece' : 'word'],
      1,
    );
    running.push(upstream);
    const plain = await start(await compiled(join(HERE, 'servers/plain-proxy.ts'), built), [upstream.url], 0);
    running.push(plain);
    const key = await makeKey(folder);
    const governed = await start(join(CHAT, 'dist/server/index.mjs'), [], 0, environment(folder, upstream.url));
    running.push(governed);
    const targets: Target[] = [
      proxied('upstream', upstream, false),
      proxied('plain proxy', plain, true),
      {
        name: 'governed',
        url: governed.url,
        pid: governed.pid,
        headers: { authorization: `Bearer ${key}` },
        path: () => '/v1/chat/completions',
        model: (pace) => pace,
      },
    ];
    return await runAll(targets, upstream.url, options);
  } finally {
    await Promise.all(running.map((each) => each.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

interface Scenario {
  readonly name: string;
  readonly pace: 'paced' | 'instant';
  readonly stream: boolean;
  /** Over how long the first requests are spread, milliseconds: for paced ones the time a stream takes, so that they stay spread. */
  readonly spreadMs: number;
}

const STREAM_MS = 50 + 20 * TOKENS;
const WHOLE_INSTANT: Scenario = { name: 'whole answer, instant', pace: 'instant', stream: false, spreadMs: 50 };
const WHOLE_PACED: Scenario = { name: 'whole answer, paced', pace: 'paced', stream: false, spreadMs: STREAM_MS };
const STREAM_INSTANT: Scenario = { name: 'stream, instant', pace: 'instant', stream: true, spreadMs: 50 };
const STREAM_PACED: Scenario = { name: 'stream, paced', pace: 'paced', stream: true, spreadMs: STREAM_MS };
const STREAM_IN_STEP: Scenario = { name: 'stream, paced, all in step', pace: 'paced', stream: true, spreadMs: 50 };
const AFTER_ABORTS: Scenario = { ...STREAM_PACED, name: 'stream, paced, after 1,000 aborts' };

interface RunOptions {
  readonly seconds: number;
  readonly say: (text: string) => void;
}

async function runAll(targets: Target[], upstreamUrl: string, { seconds, say }: RunOptions): Promise<Row[]> {
  const rows: Row[] = [];
  const measure = async (scenario: Scenario, ...connectionCounts: number[]) => {
    for (const connections of connectionCounts) {
      for (const target of targets) {
        const row = await one(scenario, target, connections, seconds);
        rows.push(row);
        say(
          `${scenario.name}, ${connections} connections, ${target.name}: ${row.requestsPerSecond.toFixed(1)} requests/s`,
        );
      }
    }
  };
  for (const target of targets) await one(WHOLE_INSTANT, target, 32, 2);
  for (const target of targets) await one(STREAM_INSTANT, target, 32, 2);
  await measure(WHOLE_INSTANT, 1, 32, 128);
  await measure(WHOLE_PACED, 1, 32, 128);
  await measure(STREAM_INSTANT, 1, 32, 128);
  await measure(STREAM_PACED, 1, 32, 128, 512);
  await measure(STREAM_IN_STEP, 512);
  const governed = targets[2]!;
  await abortStreams(
    { ...governed, path: governed.path('paced'), body: body(governed, 'paced', true), connections: 64 },
    1_000,
  );
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const stillOpen = await (await fetch(`${upstreamUrl}/open`)).text();
  say(`after 1,000 client aborts the upstream has ${stillOpen} streams open`);
  await measure(AFTER_ABORTS, 128, 512);
  return rows;
}

async function one(scenario: Scenario, target: Target, connections: number, seconds: number): Promise<Row> {
  let before = 0;
  const result = await load({
    url: target.url,
    path: target.path(scenario.pace),
    headers: target.headers,
    body: body(target, scenario.pace, scenario.stream),
    connections,
    durationMs: seconds * 1_000,
    spreadMs: scenario.spreadMs,
    onWarm: () => (before = target.pid === undefined ? 0 : cpuMs(target.pid)),
  });
  const cpu = target.pid === undefined ? undefined : (cpuMs(target.pid) - before) * 1_000;
  return toRow(scenario.name, target.name, connections, result, cpu, scenario.stream);
}

function toRow(
  scenario: string,
  target: Row['target'],
  connections: number,
  result: LoadResult,
  cpuUs: number | undefined,
  stream: boolean,
): Row {
  return {
    scenario,
    connections,
    target,
    requestsPerSecond: result.requestsPerSecond,
    p50Ms: percentile(result.latencies, 0.5),
    p99Ms: percentile(result.latencies, 0.99),
    ttftP50Ms: percentile(result.firstTokens, 0.5),
    ttftP99Ms: percentile(result.firstTokens, 0.99),
    ...(cpuUs === undefined ? {} : { cpuPerRequestUs: cpuUs / Math.max(1, result.completed) }),
    ...(cpuUs === undefined || !stream ? {} : { cpuPerTokenUs: cpuUs / Math.max(1, result.completed * TOKENS) }),
    failed: result.failed,
  };
}

function body(target: Target, pace: 'paced' | 'instant', stream: boolean): string {
  return JSON.stringify({ model: target.model(pace), stream, max_tokens: 64, temperature: 0.7, messages: MESSAGES });
}

function proxied(name: Row['target'], server: Running, measured: boolean): Target {
  return {
    name,
    url: server.url,
    ...(measured ? { pid: server.pid } : {}),
    headers: {},
    path: (pace) => `/${pace}/v1/chat/completions`,
    model: () => 'fake',
  };
}

export async function makeKey(folder: string): Promise<string> {
  const stores = await openEmbeddedStores({ folder });
  const { key, keyId, secretHash } = issueApiKey();
  await stores.keys.putTenant({ tenant: 'bench', limits: LIMITS, createdAt: 0 });
  await stores.keys.createKey({
    keyId,
    secretHash,
    tenant: 'bench',
    principal: 'bench',
    groups: [],
    limits: LIMITS,
    conversations: false,
    createdAt: 0,
  });
  await stores.close();
  return key;
}

export function environment(folder: string, upstreamUrl: string): Record<string, string> {
  const model = (pace: string): ModelCatalog[number] => ({
    id: pace,
    target: { kind: 'openai', baseUrl: `${upstreamUrl}/${pace}`, modelId: 'fake' },
    contextTokens: 8_192,
    maxPromptTokens: 4_096,
    maxCompletionTokens: 1_024,
    contextPolicy: 'reject',
    features: [],
    price: { input: 0.15, output: 0.6 },
    ownedBy: 'bench',
  });
  return {
    PLINTH_PORT: '0',
    PLINTH_STATE_DIR: folder,
    PLINTH_CATALOG: JSON.stringify([model('paced'), model('instant')]),
    PLINTH_GUARD_POLICY: JSON.stringify({
      deniedTopics: [{ name: 'weapons', phrases: ['build a bomb', 'make explosives at home'] }],
    }),
  };
}
