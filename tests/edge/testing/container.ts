import { spawn, type ChildProcess } from 'node:child_process';
import { access, constants, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a container of so much memory came to, bytes. */
export interface MemoryUse {
  /** The most there ever was of it, files that are cached included, which would give way. */
  readonly peak: number;
  /** What would not give way, at the end. */
  readonly anonymous: number;
  /** How often the system had to kill for lack of it. */
  readonly kills: number;
}

/** What a control group calls its files. */
interface GroupFiles {
  readonly limit: string;
  readonly peak: string;
  readonly kills: string;
}

/** A control group that holds its processes to some memory, as a container does. */
export class MemoryContainer {
  readonly #folder: string;
  readonly #files: GroupFiles;

  private constructor(folder: string, files: GroupFiles) {
    this.#folder = folder;
    this.#files = files;
  }

  /** Undefined where this machine does not let us make one. */
  static async open(name: string, bytes: number): Promise<MemoryContainer | undefined> {
    const places = [
      [
        '/sys/fs/cgroup/memory',
        { limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes', kills: 'memory.oom_control' },
      ],
      ['/sys/fs/cgroup', { limit: 'memory.max', peak: 'memory.peak', kills: 'memory.events' }],
    ] as const;
    for (const [root, files] of places) {
      const folder = join(root, `plinth-${name}-${process.pid}`);
      try {
        await access(join(root, 'cgroup.procs'), constants.W_OK);
        await mkdir(folder);
        await writeFile(join(folder, files.limit), String(bytes));
        return new MemoryContainer(folder, files);
      } catch {
        await rmdir(folder).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** Starts a program in it. */
  spawn(args: readonly string[], env: Record<string, string>): ChildProcess {
    const script = `echo $$ > ${join(this.#folder, 'cgroup.procs')} && exec "$0" "$@"`;
    return spawn('/bin/sh', ['-c', script, process.execPath, ...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  }

  async use(): Promise<MemoryUse> {
    const read = (file: string) => readFile(join(this.#folder, file), 'utf8');
    const stat = await read('memory.stat');
    return {
      peak: Number(await read(this.#files.peak)),
      anonymous: Number(/^(?:total_rss|anon) (\d+)$/m.exec(stat)?.[1]),
      kills: Number(/^oom_kill (\d+)$/m.exec(await read(this.#files.kills))?.[1]),
    };
  }

  async close(): Promise<void> {
    await rmdir(this.#folder);
  }
}
