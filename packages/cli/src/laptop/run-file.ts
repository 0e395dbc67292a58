import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** What a running platform tells the commands beside it. */
export const RunFile = z.object({
  pid: z.int(),
  url: z.string(),
  apiKey: z.string(),
  services: z.array(
    z.object({
      name: z.string(),
      url: z.string(),
      /** Comes up after the chat, which does not wait for it. */
      joins: z.optional(z.boolean()),
    }),
  ),
});
export type RunFile = z.infer<typeof RunFile>;

const fileIn = (state: string) => join(state, 'run.json');

/** Written whole or not at all, readable by its owner only: it holds a key. */
export async function writeRunFile(state: string, run: RunFile): Promise<void> {
  const temporary = `${fileIn(state)}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, fileIn(state));
}

export async function removeRunFile(state: string): Promise<void> {
  await rm(fileIn(state), { force: true });
}

/** The platform that runs now, or undefined: a file left behind by one that was killed does not count. */
export async function readRunFile(state: string): Promise<RunFile | undefined> {
  const text = await readFile(fileIn(state), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const run = RunFile.safeParse(JSON.parse(text));
  return run.success && isRunning(run.data.pid) ? run.data : undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
