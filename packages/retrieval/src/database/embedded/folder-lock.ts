import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';

const NAME = /^lock\.(\d+)$/;
const FREE = 'free';
const TRIES = 20;

/** A process, told apart from a later one with the same number. */
interface Holder {
  readonly pid: number;
  /** When it started, in ticks since the machine did; empty where the system does not say. */
  readonly started: string;
  /** Which start of which machine. */
  readonly boot: string;
}

/**
 * Keeps a folder to one process. The highest numbered lock file says who holds it; only the next number can take over from a holder that is
 * gone, and only one process can make that file, so a crash needs no clean-up and two cannot both win. Not for a folder shared
 * between machines or containers: they do not see each other's processes.
 */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const draft = join(folder, `.${randomUUID()}`);
  await writeFile(draft, JSON.stringify(self()), { mode: 0o600 });
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const numbers = await numbersIn(folder);
      const last = numbers.at(-1) ?? 0;
      const holder = last === 0 ? undefined : await holderOf(join(folder, `lock.${last}`));
      if (holder && isAlive(holder))
        throw new PlatformError(
          'configuration',
          `The folder "${folder}" is in use by process ${holder.pid}. An embedded database has one process: stop that one, or use another folder.`,
        );
      const mine = join(folder, `lock.${last + 1}`);
      if (!(await linkedAnew(draft, mine))) continue;
      // Whoever was slow to see a newer one made a number that no longer counts.
      if ((await numbersIn(folder)).at(-1) !== last + 1) {
        await rm(mine, { force: true });
        continue;
      }
      for (const number of numbers) await rm(join(folder, `lock.${number}`), { force: true });
      // The file stays, so that numbers only grow.
      return { release: () => writeFile(mine, FREE) };
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new PlatformError('storage_failed', `Others keep taking the folder "${folder}". Retry shortly.`);
}

async function numbersIn(folder: string): Promise<number[]> {
  const numbers = (await readdir(folder)).flatMap((name) => NAME.exec(name)?.slice(1).map(Number) ?? []);
  return numbers.sort((a, b) => a - b);
}

async function holderOf(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // Another process took over and removed it meanwhile.
    if (error.code === 'ENOENT') return FREE;
    throw error;
  });
  return text === FREE || text === '' ? undefined : (JSON.parse(text) as Holder);
}

/** The file appears with its content, or is there already. */
async function linkedAnew(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function self(): Holder {
  return { pid: process.pid, started: startOf(process.pid), boot: bootId() };
}

function isAlive({ pid, started, boot }: Holder): boolean {
  if (boot !== bootId() || started !== startOf(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/<pid>/stat; the second may itself hold blanks, so it counts from the bracket that closes it. */
function startOf(pid: number): string {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function bootId(): string {
  return readIfThere('/proc/sys/kernel/random/boot_id').trim();
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not Linux, or no such process.
    return '';
  }
}
