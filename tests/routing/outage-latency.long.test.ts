import { createServer, type Server, type Socket } from 'node:net';
import { startLocal, type RunningLocal } from '@plinth/local';
import { ScriptedEngine } from '@plinth/local/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quantile, type Answer } from './ask.ts';
import { hybridModel, managedModel } from './catalog.ts';
import { openHybridPlatform } from './hybrid-platform.ts';

/** What an outage may add to the first token of a request, milliseconds. */
const ALLOWED_MS = 50;
const REQUESTS = 300;
/** Breakers open for so long at first: a run sees several probes. */
const OPEN_MS = 200;

let managed: RunningLocal;
beforeAll(async () => {
  managed = await startLocal({ engine: new ScriptedEngine() });
});
afterAll(() => managed.close());

/** A port that refuses every connection. */
async function refusing(): Promise<string> {
  const gone = await startLocal({ engine: new ScriptedEngine() });
  await gone.close();
  return gone.openaiUrl;
}

/** A host that takes connections and says nothing more, as one that is cut off in the middle. */
async function silent(): Promise<{ url: string; server: Server; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, server, sockets };
}

/** First tokens of the managed endpoint by itself, and of a model whose own server is out of order, in turns. */
async function measure(ownUrl: string) {
  const own = { url: ownUrl, modelId: 'scripted' };
  const catalog = [hybridModel({ own, managed: { modelId: 'scripted' }, slots: 8 }), managedModel('scripted')];
  const breaker = { failuresInARow: 3, failureShare: 0.5, leastCalls: 20, windowMs: 10_000 };
  const platform = await openHybridPlatform(catalog, managed.bedrockUrl, {
    beginWithinMs: 1_000,
    policy: { breaker: { ...breaker, openMs: OPEN_MS, longestOpenMs: OPEN_MS } },
  });
  try {
    const before: Answer[] = [];
    const open = async () => (await platform.routes())[0]?.pools[0]?.members[0]?.breaker === 'open';
    while (!(await open())) before.push(await platform.ask().done);
    for (let request = 0; request < 20; request++) await platform.ask({ model: 'managed' }).done;
    const [alone, hybrid]: [Answer[], Answer[]] = [[], []];
    for (let request = 0; request < REQUESTS; request++) {
      alone.push(await platform.ask({ model: 'managed' }).done);
      hybrid.push(await platform.ask().done);
    }
    const probes = (await platform.audit()).filter(({ route }) => (route?.attempts.length ?? 0) > 0).length;
    return { before, alone, hybrid, probes: probes - before.length };
  } finally {
    await platform.close();
  }
}

const ttft = (answers: readonly Answer[]) => answers.map(({ ttftMs }) => ttftMs ?? Infinity);

function expectFast(name: string, { before, alone, hybrid, probes }: Awaited<ReturnType<typeof measure>>): void {
  for (const answer of [...before, ...hybrid]) expect(answer).toMatchObject({ status: 200, error: undefined });
  const at = (share: number) => quantile(ttft(hybrid), share) - quantile(ttft(alone), share);
  const [p50, p99] = [at(0.5), at(0.99)];
  console.log(
    `${name}: ${before.length} requests until the breaker opened (slowest ${Math.max(...ttft(before)).toFixed(0)} ms), then over ${REQUESTS} requests` +
      ` with ${probes} probes +${p50.toFixed(1)} ms at p50 and +${p99.toFixed(1)} ms at p99` +
      ` (managed alone p50 ${quantile(ttft(alone), 0.5).toFixed(1)}, p99 ${quantile(ttft(alone), 0.99).toFixed(1)} ms)`,
  );
  expect(probes).toBeGreaterThan(0);
  expect(p50).toBeLessThan(ALLOWED_MS);
  expect(p99).toBeLessThan(ALLOWED_MS);
}

it('a server that refuses connections adds less than 50 ms to a request', async () =>
  expectFast('refused', await measure(await refusing())));

it('one that takes them and is silent does so, too, once the breaker is open', async () => {
  const { url, server, sockets } = await silent();
  try {
    expectFast('silent', await measure(url));
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
