import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { percentile } from './load.ts';

const SERVER = resolve(import.meta.dirname, '../../packages/local/src/server.ts');
/** Turns without and with a batch, one after the other, so that what else the machine does falls on both. */
const TURNS = 6;
const ASKS = 20;
/** Between an interactive answer and the next question, milliseconds. */
const THINK_MS = 150;
const IN_FLIGHT = 16;

const QUESTIONS = [
  'What is gravity?',
  'Name three colours.',
  'Who wrote Hamlet?',
  'What is two plus two?',
  'Say hello.',
];
const RECORDS = [
  'Tell me about the sea in a few words, and about the ships on it.',
  'Name a tree.',
  'List some animals.',
];

interface Model {
  readonly url: string;
  readonly model: string;
}

interface Row {
  readonly name: string;
  readonly firstTokens: number[];
  readonly answers: number[];
}

/** Interactive time to the first token on the real local model, alone and beside a batch that waits for it, in one run. */
export async function benchBatchPriority(say: (text: string) => void): Promise<void> {
  const server = await startModel();
  try {
    const alone: Row = { name: 'alone', firstTokens: [], answers: [] };
    const beside: Row = { name: 'beside a batch', firstTokens: [], answers: [] };
    const unaware: Row = { name: 'beside one without priority', firstTokens: [], answers: [] };
    let records = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      say(`turn ${turn + 1} of ${TURNS}`);
      await askAll(server, alone);
      const batch = startBatch(server, 1);
      await askAll(server, beside);
      records += await batch.stop();
      if (turn % 3 !== 0) continue;
      const rude = startBatch(server, 0);
      await askAll(server, unaware, 5);
      await rude.stop();
    }
    report([alone, beside, unaware], records);
  } finally {
    server.stop();
  }
}

async function askAll(model: Model, row: Row, count = ASKS): Promise<void> {
  for (let asked = 0; asked < count; asked++) {
    await new Promise((wake) => setTimeout(wake, THINK_MS));
    const { first, whole } = await ask(model, QUESTIONS[asked % QUESTIONS.length]!);
    row.firstTokens.push(first);
    row.answers.push(whole);
  }
}

async function ask(model: Model, content: string): Promise<{ first: number; whole: number }> {
  const sentAt = performance.now();
  const response = await post(model, { content, stream: true, max_tokens: 16 });
  if (!response.ok) throw new Error(`An interactive request was answered ${response.status}.`);
  let first: number | undefined;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
    if (first === undefined && /"content":"[^"]/.test(Buffer.from(chunk).toString()))
      first = performance.now() - sentAt;
  return { first: first ?? Number.NaN, whole: performance.now() - sentAt };
}

/** Records without a pause, so many at once, until it is stopped; a record that is refused comes again. */
function startBatch(model: Model, priority: number) {
  const leaving = new AbortController();
  let done = 0;
  const worker = async (index: number) => {
    while (!leaving.signal.aborted)
      try {
        const content = RECORDS[index % RECORDS.length]!;
        const response = await post(model, { content, max_tokens: 24, priority, ignore_eos: true }, leaving.signal);
        await response.text();
        if (response.ok) done += 1;
        else await new Promise((wake) => setTimeout(wake, 100));
      } catch (error) {
        if (!leaving.signal.aborted) throw error;
      }
  };
  const workers = Promise.all(Array.from({ length: IN_FLIGHT }, (_, index) => worker(index)));
  return {
    async stop(): Promise<number> {
      leaving.abort();
      await workers;
      return done;
    },
  };
}

function post(
  { url, model }: Model,
  { content, ...fields }: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<Response> {
  const messages = [{ role: 'user', content }];
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages, temperature: 0, ...fields }),
    signal,
  });
}

async function startModel(): Promise<Model & { stop: () => void }> {
  const child = spawn(process.execPath, ['--import', 'tsx', SERVER], {
    env: {
      ...process.env,
      PLINTH_EMBEDDINGS: 'off',
      PLINTH_MODEL_PORT: '0',
      PLINTH_BEDROCK_PORT: '0',
      PLINTH_SAGEMAKER_PORT: '0',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return new Promise((settle, reject) => {
    child.once('close', () => reject(new Error('The model server ended.')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { event: string; openai?: string; model?: string };
      if (said.event !== 'ready') return;
      settle({ url: said.openai!, model: said.model!, stop: () => void child.kill('SIGTERM') });
    });
  });
}

function report(rows: readonly Row[], records: number): void {
  const [alone] = rows;
  const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);
  const base = ascending(alone!.firstTokens);
  console.log('\nInteractive requests on one local model, milliseconds to the first token');
  for (const { name, firstTokens, answers } of rows) {
    const sorted = ascending(firstTokens);
    const shares = [0.5, 0.95, 0.99].map((share) => {
      const value = percentile(sorted, share);
      return `p${share * 100} ${value.toFixed(0).padStart(6)} (${(value / percentile(base, share)).toFixed(2)})`;
    });
    const whole = percentile(ascending(answers), 0.5).toFixed(0);
    console.log(`  ${name.padEnd(28)} ${shares.join('  ')}  answer p50 ${whole}  n=${firstTokens.length}`);
  }
  console.log(`  records answered meanwhile: ${records}\n`);
}
