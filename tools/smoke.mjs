// As a newcomer: clones this checkout into an empty folder, runs `npm start`, gets one streamed answer from the real model, starts a second
// time against the clock, and stops it with Ctrl-C.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'plinth-smoke-'));
const clone = join(folder, 'plinth');
const environment = { ...process.env, PLINTH_PORT: process.env.PLINTH_SMOKE_PORT ?? '18480' };
delete environment.PLINTH_STATE_DIR;

execFileSync('git', ['clone', '--quiet', root, clone]);
// The weights are 98 MB that `npm test` has just fetched and checked; they are checked again when they are loaded.
if (existsSync(join(root, '.plinth/models')))
  cpSync(join(root, '.plinth/models'), join(clone, '.plinth/models'), { recursive: true });

try {
  const first = await startAndAsk('first start, packages installed on the way', 600_000);
  const second = await startAndAsk('second start', 60_000);
  console.log(
    `npm start to the first token of an answer: ${seconds(first)} s on a fresh clone, ${seconds(second)} s the second time`,
  );
  if (second > 10_000 && process.env.PLINTH_SMOKE_STRICT === '1') throw new Error('the second start took over 10 s');
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
}

async function startAndAsk(name, limitMs) {
  const startedAt = Date.now();
  const child = spawn('npm', ['start'], {
    cwd: clone,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const ended = new Promise((done) => child.once('close', done));
  try {
    const status = await untilReady(startedAt + limitMs, ended);
    const { firstTokenAt, text } = await ask(status);
    console.log(`${name}: "${text.trim().slice(0, 80)}"`);
    return firstTokenAt - startedAt;
  } finally {
    process.kill(-child.pid, 'SIGINT');
    await ended;
    if (readStatus()?.ready === true) throw new Error('Ctrl-C left the platform running');
  }
}

async function untilReady(deadline, ended) {
  let over = false;
  void ended.then(() => (over = true));
  while (Date.now() < deadline && !over) {
    const status = readStatus();
    if (status?.ready === true) return status;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error(over ? 'npm start ended' : 'npm start was not ready in time');
}

function readStatus() {
  if (!existsSync(join(clone, 'node_modules/.bin/plinth'))) return undefined;
  try {
    return JSON.parse(
      execFileSync('npx', ['plinth', 'status', '--json'], {
        cwd: clone,
        env: environment,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
  } catch (error) {
    // It exits with 1 while the platform is not ready, having printed the same.
    return error.stdout ? JSON.parse(error.stdout) : undefined;
  }
}

async function ask({ url, apiKey }) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'smollm2-135m-instruct',
      stream: true,
      max_tokens: 32,
      messages: [{ role: 'user', content: 'What is gravity?' }],
    }),
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok) throw new Error(`the platform answered ${response.status}: ${await response.text()}`);
  let firstTokenAt;
  let text = '';
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue;
      const piece = JSON.parse(line.slice(6)).choices[0]?.delta.content ?? '';
      if (piece !== '') firstTokenAt ??= Date.now();
      text += piece;
    }
  }
  if (firstTokenAt === undefined) throw new Error('the answer was empty');
  return { firstTokenAt, text };
}

function seconds(ms) {
  return (ms / 1_000).toFixed(1);
}
