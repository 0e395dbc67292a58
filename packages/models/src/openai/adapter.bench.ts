/**
 * CPU the adapter adds per streamed token, against undici alone on the same server. Run: npx tsx packages/models/src/openai/adapter.bench.ts
 *
 * Three readers of the same streams, one process each so that none pays for another's garbage: `raw` takes undici's chunks and writes them
 * nowhere, `adapter` iterates events, `copy` is `raw` plus the string a proxy would make. The server runs in a process of its own; only the
 * reader's CPU is counted (process.cpuUsage).
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { chunk, frame, openaiCatalogModel } from '../testing/openai-harness.ts';
import { requestOf } from '../testing/read-events.ts';
import { createOpenAIModel } from './openai-model.ts';

const TOKENS = 200;
const MODES = ['raw', 'adapter'] as const;
const SHAPES = [
  { name: 'burst: frames as fast as the socket takes them, 8 streams', path: 'burst', streams: 8, rounds: 60 },
  { name: 'paced: one frame a read, 64 streams, 5 ms a token', path: 'paced', streams: 64, rounds: 4 },
] as const;

/** Serves 200-token streams: all frames at once, or one every 5 ms. The base path picks. */
async function serve(): Promise<void> {
  const head = frame(chunk({ role: 'assistant', content: '' }));
  const token = frame(chunk({ content: ' token' }));
  const usage = { choices: [], usage: { prompt_tokens: 9, completion_tokens: TOKENS, total_tokens: 9 + TOKENS } };
  const tail = Buffer.concat([frame(chunk({}, 'stop')), frame(usage), frame('[DONE]')]);
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(head);
    if (request.url?.startsWith('/burst') === true) {
      for (let sent = 0; sent < TOKENS; sent += 1) response.write(token);
      response.end(tail);
      return;
    }
    let sent = 0;
    const timer = setInterval(() => {
      response.write(token);
      sent += 1;
      if (sent < TOKENS) return;
      clearInterval(timer);
      response.end(tail);
    }, 5);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.((server.address() as AddressInfo).port);
}

async function read(mode: string, shape: (typeof SHAPES)[number], port: number): Promise<void> {
  const origin = `http://127.0.0.1:${port}`;
  const pool = new Pool(origin, { connections: 256 });
  const client = createOpenAIModel(openaiCatalogModel(`${origin}/${shape.path}`), { dispatcher: pool });
  const one = mode === 'raw' ? () => readRaw(pool, shape.path) : () => readEvents(client);
  const round = async () => Promise.all(Array.from({ length: shape.streams }, one));
  await round();
  const before = process.cpuUsage();
  for (let done = 0; done < shape.rounds; done += 1) await round();
  const { user, system } = process.cpuUsage(before);
  process.send?.((user + system) / (shape.rounds * shape.streams * TOKENS));
  await pool.close();
}

function readRaw(pool: Pool, path: string): Promise<number> {
  const body = JSON.stringify({
    model: 'scripted',
    stream: true,
    messages: [{ role: 'user', content: 'Say something.' }],
  });
  return new Promise((resolve, reject) => {
    let bytes = 0;
    pool.dispatch(
      { method: 'POST', path: `/${path}/v1/chat/completions`, headers: ['content-type', 'application/json'], body },
      {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: (_controller, data) => void (bytes += data.length),
        onResponseEnd: () => resolve(bytes),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

async function readEvents(client: ReturnType<typeof createOpenAIModel>): Promise<number> {
  let characters = 0;
  for await (const event of client.stream(requestOf(), { signal: new AbortController().signal })) {
    if (event.type === 'text') characters += event.text.length;
    if (event.type === 'error') throw event.error;
  }
  return characters;
}

async function child<T>(...args: string[]): Promise<{ message: T; stop: () => void }> {
  const started = fork(new URL(import.meta.url).pathname, args, { execArgv: ['--import', 'tsx'] });
  const [message] = (await once(started, 'message')) as [T];
  return { message, stop: () => started.kill() };
}

async function main(): Promise<void> {
  const server = await child<number>('serve');
  for (const [index, shape] of SHAPES.entries()) {
    console.log(shape.name);
    const best = { raw: Infinity, adapter: Infinity };
    for (let attempt = 0; attempt < 3; attempt += 1)
      for (const mode of MODES) {
        const reader = await child<number>('read', mode, String(index), String(server.message));
        best[mode] = Math.min(best[mode], reader.message);
        reader.stop();
      }
    console.log(`  raw      ${best.raw.toFixed(2)} µs CPU a token`);
    console.log(`  adapter  ${best.adapter.toFixed(2)} µs CPU a token (+${(best.adapter - best.raw).toFixed(2)})`);
  }
  server.stop();
}

const [role, mode = '', index = '0', port = '0'] = process.argv.slice(2);
if (role === 'serve') await serve();
else if (role === 'read') await read(mode, SHAPES[Number(index) as 0 | 1], Number(port));
else await main();
