import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { WORKSPACE } from '../workspace.ts';
import type { CiStep, Program } from './ci-steps.ts';

export interface Ran {
  readonly code: number;
  /** The end of what it said, at most {@link KEPT} characters. Programs asked for an answer say less than that. */
  readonly output: string;
  /** File with all of it. */
  readonly log?: string;
}

/** Runs one step to its end. Rejects only when the program cannot be started. */
export type Runner = (step: CiStep, signal: AbortSignal) => Promise<Ran>;

/** Characters of output kept in memory. */
const KEPT = 64_000;
/** The longest step is a full test run on a busy machine, milliseconds. */
const LONGEST = 5_400_000;
/** Between a polite and a hard end, milliseconds. */
const GRACE = 5_000;

/** Runs steps as processes in the checkout; everything they say goes to a log file for each. */
export function processRunner(logs: string): Runner {
  return async (step, interrupt) => {
    await mkdir(logs, { recursive: true });
    const log = join(logs, `${step.name.replaceAll(/[^\w-]+/g, '-')}.log`);
    const signal = AbortSignal.any([interrupt, AbortSignal.timeout(LONGEST)]);
    const [file, ...args] = argvOf(step.command);
    const child = spawn(file, args, {
      cwd: WORKSPACE,
      env: { ...process.env, NX_TUI: 'false', NX_DAEMON: 'false', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it started ends with it.
      detached: process.platform !== 'win32',
    });
    const record = createWriteStream(log);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        record.write(text);
        output = (output + text).slice(-KEPT);
      });
    let killing: NodeJS.Timeout | undefined;
    const end = () => {
      signalGroup(child.pid, 'SIGTERM');
      killing = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE);
    };
    signal.addEventListener('abort', end, { once: true });
    try {
      const code = await new Promise<number>((resolve, reject) => {
        child.once('error', reject);
        // A signal ended it: as a shell would say.
        child.once('close', (status) => resolve(status ?? 128));
      });
      const stopped = signal.aborted
        ? `\nStopped ${interrupt.aborted ? 'by hand' : `after ${LONGEST / 60_000} minutes`}.`
        : '';
      return { code: signal.aborted ? code || 1 : code, output: output + stopped, log };
    } finally {
      signal.removeEventListener('abort', end);
      clearTimeout(killing);
      record.end();
      await finished(record);
    }
  };
}

/** The command as processes take it: no shell, and the checkout's own programs. */
function argvOf([program, ...args]: CiStep['command']): [string, ...string[]] {
  const require = createRequire(import.meta.url);
  const own: Record<Program, readonly string[]> = {
    nx: [process.execPath, require.resolve('nx/bin/nx.js')],
    prettier: [process.execPath, require.resolve('prettier/bin/prettier.cjs')],
    plinth: [process.execPath, '--import', 'tsx', join(WORKSPACE, 'packages/cli/src/main.ts')],
    node: [process.execPath],
    git: ['git'],
  };
  const [file = program, ...before] = own[program];
  return [file, ...before, ...args];
}

/** To a step and what it started. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    // It is gone already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
