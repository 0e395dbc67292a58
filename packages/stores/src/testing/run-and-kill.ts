import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { expect } from 'vitest';

/** Runs a program until it has said `bytes` bytes, kills it without warning, and gives the whole lines it said. */
export async function runAndKill(args: readonly string[], said: string, bytes: number): Promise<string[]> {
  // To a file: what was written to it is there whatever happens to the writer, and writing to it never waits for a reader.
  const file = await open(said, 'w+');
  const child = spawn(process.execPath, args, { stdio: ['ignore', file.fd, 'inherit'] });
  const ended = once(child, 'close');
  const watch = setInterval(() => {
    if (statSync(said).size >= bytes) child.kill('SIGKILL');
  }, 2);
  const [, signal] = (await ended) as [number | null, string | null];
  clearInterval(watch);
  expect(signal).toBe('SIGKILL');
  const output = await readFile(said, 'utf8');
  await file.close();
  return output.split('\n').slice(0, -1);
}
