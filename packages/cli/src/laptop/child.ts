import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PlatformError } from '@plinth/contracts';

export interface ChildOptions {
  readonly name: string;
  /** TypeScript entry point. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly environment: Record<string, string>;
  /** Its standard error is appended to `<name>.log` here. */
  readonly logFolder: string;
  readonly readyTimeoutMs: number;
  /** Every line of JSON it prints before it is ready. */
  readonly onLine: (line: Record<string, unknown>) => void;
}

export interface Child {
  readonly name: string;
  /** The line with `"event":"ready"`. */
  readonly ready: Record<string, unknown>;
  /** Resolves when it has ended, asked to or not. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

/** After being asked to stop, and before being made to, milliseconds. */
const STOP_MS = 15_000;

/** Starts a service in a process of its own and waits until it says that it is ready. It ends with us: we hold its standard input. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const child = spawn(process.execPath, ['--import', 'tsx', options.entry, ...(options.args ?? [])], {
    env: { ...process.env, ...options.environment, PLINTH_EXIT_WITH_PARENT: 'true' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(options.logFolder, `${options.name}.log`), { flags: 'a', mode: 0o600 });
  child.stderr.pipe(log);
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const ready = await firstReady(child, ended, options);
  return { name: options.name, ready, ended, stop: () => stopChild(child, ended) };
}

function firstReady(
  child: ChildProcess,
  ended: Promise<number | null>,
  options: ChildOptions,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    let failure = `${options.name} ended before it was ready. See ${join(options.logFolder, `${options.name}.log`)}.`;
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      failure = `${options.name} was not ready after ${options.readyTimeoutMs / 1_000} s. See ${join(options.logFolder, `${options.name}.log`)}.`;
    }, options.readyTimeoutMs);
    createInterface({ input: child.stdout! }).on('line', (text) => {
      const line = parseLine(text);
      if (line === undefined) return;
      if (line['event'] === 'ready') {
        clearTimeout(timer);
        resolve(line);
      } else if (line['event'] === 'failed') failure = String(line['message']);
      else options.onLine(line);
    });
    void ended.then(() => {
      clearTimeout(timer);
      reject(new PlatformError('configuration', failure));
    });
  });
}

function parseLine(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Something else it printed: not for us.
    return undefined;
  }
}

async function stopChild(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
