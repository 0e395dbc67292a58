import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

export interface Running {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const canPin = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;
export const pinning = canPin ? 'server on core 0; upstream and load on core 1' : 'not pinned (no taskset here)';

/** Starts a server in a process of its own, on one core where that can be asked for, and waits for its ready line. */
export async function start(
  entry: string,
  args: string[],
  core: number,
  env: Record<string, string> = {},
): Promise<Running> {
  const node = [process.execPath, entry, ...args];
  const [command, ...rest] = canPin ? ['taskset', '-c', String(core), ...node] : node;
  const child = spawn(command!, rest, {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const url = await readyUrl(child, entry);
  return { url, pid: child.pid!, stop: () => stop(child) };
}

function readyUrl(child: ChildProcess, entry: string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`${entry} ended with code ${code} before it was ready`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const said = JSON.parse(line) as { event: string; url?: string; message?: string };
      if (said.event === 'ready' && said.url !== undefined) resolve(said.url);
      else if (said.event === 'failed') reject(new Error(said.message));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
}

/** Pins this process, which makes the load, away from the server under test. */
export function pinSelf(core: number): void {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)], { stdio: 'ignore' });
}

/** CPU a process has used, all threads, user and system, milliseconds. */
export function cpuMs(pid: number): number {
  if (process.platform !== 'linux') {
    const [minutes = '0', seconds = '0'] = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(':')
      .slice(-2);
    return (Number(minutes) * 60 + Number(seconds)) * 1_000;
  }
  // Fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms; the name in field 2 may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** A server of the bench as plain JavaScript, so that no loader runs beside what is measured. */
export async function compiled(entry: string, folder: string): Promise<string> {
  const outfile = join(folder, `${basename(entry, '.ts')}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['undici'],
  });
  return outfile;
}
