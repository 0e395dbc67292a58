import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

const HERE = dirname(import.meta.dirname);

export interface LoggedEvent {
  readonly event?: string;
  readonly [field: string]: unknown;
}

/** The entry point as a process, with a fake engine in front of its path. */
export interface Container {
  readonly process: ChildProcess;
  readonly ports: { readonly serving: number; readonly health: number };
  /** What the entry point wrote. */
  events(): LoggedEvent[];
  /** What the fake engine wrote. */
  engine(): LoggedEvent[];
  ready(): Promise<number>;
  readonly exited: Promise<number | null>;
  /** Ends everything in it at once. */
  remove(): Promise<void>;
}

export async function startContainer(folder: string, environment: Record<string, string>): Promise<Container> {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'vllm'), `#!/bin/sh\nexec python3 "${join(HERE, 'testing/fake_vllm.py')}" "$@"\n`);
  chmodSync(join(bin, 'vllm'), 0o755);
  const log = join(folder, 'engine.log');
  writeFileSync(log, '');
  const ports = { serving: await freePort(), health: await freePort() };
  const child = spawn('python3', [join(HERE, 'entrypoint.py')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own, to be ended whole, as a container is.
    detached: true,
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      SCRATCH_PATH: folder,
      FAKE_LOG: log,
      SERVING_PORT: String(ports.serving),
      HEALTH_PORT: String(ports.health),
      DRAIN_SETTLE_SECONDS: '0.2',
      ...environment,
    },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    process: child,
    ports,
    events: () => parsed(output),
    engine: () => parsed(readFileSync(log, 'utf8')),
    ready: () => status(`http://127.0.0.1:${ports.health}/ready`),
    exited,
    remove: async () => {
      endGroup(child.pid);
      await exited;
    },
  };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nothing of it is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A folder of weights with its SHA256SUMS, and the digest of that. */
export function weights(folder: string, files: Record<string, string>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const sums = Object.entries(files)
    .map(([name, text]) => `${sha256(text)}  ${name}\n`)
    .join('');
  writeFileSync(join(folder, 'SHA256SUMS'), sums);
  return sha256(sums);
}

/** Asks until the answer is as wanted. */
export async function until(what: () => Promise<boolean> | boolean, milliseconds = 20_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`It did not happen in ${milliseconds} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function status(url: string): Promise<number> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).status;
  } catch {
    // Nobody listens there yet, or any more.
    return 0;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function parsed(lines: string): LoggedEvent[] {
  return lines
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LoggedEvent);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
