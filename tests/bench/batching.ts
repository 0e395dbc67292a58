import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { BatchTrial, WORKER_SOURCE } from '@plinth/batching/testing/trial';
import { bundleWithWorker } from '@plinth/stores/testing/bundle';
import { compiled } from './processes.ts';

const LATENCY_MS = 50;
const AT_ONCE = 64;
const KILL_EVERY_MS = 10_000;
const run = promisify(execFile);
const entry = (name: string) => resolve(import.meta.dirname, 'batching', name);

export interface BatchingBenchOptions {
  /** Records of the file that is cut, of 500 bytes each. */
  readonly records: number;
  /** How long each rate is measured. */
  readonly seconds: number;
  readonly say: (text: string) => void;
}

/** How fast a file is cut and in what memory, how much of an upstream's rate a worker uses, and how soon it knows where it was. */
export async function benchBatching(options: BatchingBenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
  try {
    await benchSplit(folder, options);
    await benchRate(options);
    await benchReload(folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchSplit(folder: string, { records, say }: BatchingBenchOptions): Promise<void> {
  const path = join(folder, 'input.jsonl');
  say(`writing ${records} records`);
  await pipeline(Readable.from(requests(records)), createWriteStream(path));
  const program = await compiled(entry('split.ts'), folder);
  const measure = async (what: string) => {
    say(what);
    const { stdout } = await run(process.execPath, [program, what, path, join(folder, what)]);
    await rm(join(folder, what), { recursive: true });
    return JSON.parse(stdout) as Record<string, number>;
  };
  const copy = await measure('copy');
  const split = await measure('split');
  console.log(
    `sharding ${records} records: ${split.mbPerSecond!.toFixed(0)} MB/s (goal 100), ${split.mbPerCpuSecond!.toFixed(0)} MB a second of CPU; ` +
      `a copy of the file into the store: ${copy.mbPerSecond!.toFixed(0)} MB/s\n` +
      `resident at most ${split.peakMb!.toFixed(0)} MB (goal 300): ${split.firstHalfMb!.toFixed(0)} MB in the first half, ${split.secondHalfMb!.toFixed(0)} MB in the second`,
  );
}

async function benchRate({ seconds, say }: BatchingBenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
  const worker = await bundleWithWorker(WORKER_SOURCE);
  const plain = await compiled(entry('plain-loop.ts'), folder);
  const ideal = (AT_ONCE * 1_000) / LATENCY_MS;
  const rate = async (what: string, lastsS: number, work: (trial: BatchTrial) => Promise<unknown>) => {
    say(what);
    const records = Math.round((ideal * lastsS) / 5_000) * 5_000;
    const trial = await BatchTrial.open({
      records,
      recordsPerShard: 5_000,
      atOnce: AT_ONCE,
      leaseMs: 2_000,
      latencyMs: () => LATENCY_MS,
      program: worker.main,
    });
    try {
      await work(trial);
      const { log } = trial.upstream;
      return records / ((log.at(-1)!.at - log[0]!.at + LATENCY_MS) / 1_000);
    } finally {
      await trial.close();
    }
  };
  const loop = (trial: BatchTrial) => {
    const calls = String(Math.round((ideal * seconds) / 5_000) * 5_000);
    return once(spawn(process.execPath, [plain, trial.url, String(AT_ONCE), calls], { stdio: 'inherit' }), 'close');
  };
  try {
    const best = await rate('a plain loop', seconds, loop);
    const whole = await rate('a worker', seconds, async (trial) => {
      await once(trial.start('bench'), 'close');
      await trial.check();
    });
    const killed = await rate('a worker that is killed', 4 * seconds, killing);
    const share = (rate: number) =>
      `${rate.toFixed(0)} records/s, ${(rate / best).toFixed(3)} of a plain loop's, ${(rate / ideal).toFixed(3)} of what ${AT_ONCE} at once on ${LATENCY_MS} ms would be`;
    console.log(`plain loop: ${best.toFixed(0)} calls/s, ${(best / ideal).toFixed(3)} of what it would be`);
    console.log(`worker: ${share(whole)} (goal 0.96)`);
    console.log(`killed every ${KILL_EVERY_MS / 1_000} s: ${share(killed)} (goal 0.93)`);
  } finally {
    await worker.remove();
    await rm(folder, { recursive: true });
  }
}

/** Starts the worker again at once, as whatever runs it does. */
async function killing(trial: BatchTrial): Promise<void> {
  for (let done = false; !done;) {
    const child = trial.start('bench');
    const ended = once(child, 'close') as Promise<[number | null, string | null]>;
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_EVERY_MS);
    done = (await ended)[1] === null;
    clearTimeout(timer);
  }
  await trial.check();
}

async function benchReload(folder: string, { say }: BatchingBenchOptions): Promise<void> {
  const program = await bundleWithWorker(pathToFileURL(entry('reload.ts')));
  try {
    say('writing the results of a million records');
    const state = join(folder, 'state');
    await run(process.execPath, [program.main, 'fill', state]);
    const { stdout } = await run(process.execPath, [program.main, 'reload', state]);
    const { known, all, completed, committed } = JSON.parse(stdout) as Record<string, number>;
    console.log(
      `state of ${completed} records: known ${known!.toFixed(0)} ms after the start (goal 1000), with each of ${committed} that are done ${all!.toFixed(0)} ms`,
    );
  } finally {
    await program.remove();
  }
}

function* requests(records: number): Generator<string> {
  const content = 'What is the capital of the country with the number in the name of this request? '.repeat(4);
  let part = '';
  for (let number = 0; number < records; number++) {
    const messages = [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content },
    ];
    const body = { model: 'small', max_tokens: 64, messages };
    part += `${JSON.stringify({ custom_id: `request-${number}`, method: 'POST', url: '/v1/chat/completions', body })}\n`;
    if (part.length < 1_000_000) continue;
    yield part;
    part = '';
  }
  yield part;
}
