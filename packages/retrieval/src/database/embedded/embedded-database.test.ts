import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.ts';
import { openEmbeddedDatabase } from './index.ts';

const WRITER = fileURLToPath(new URL('../testing/crash-writer.ts', import.meta.url));

describe('the folder of an embedded database', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-embedded-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const start = (first: number) => {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, folder, String(first)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return { child, lines: createInterface({ input: child.stdout }) };
  };
  /** Writes until `count` rows are acknowledged, then kills the process without warning. Resolves to the last acknowledged. */
  const writeAndKill = (first: number, count: number) =>
    new Promise<number>((resolve, reject) => {
      const { child, lines } = start(first);
      let last = NaN;
      lines.on('line', (line) => {
        if (line.startsWith('refused')) return reject(new Error(line));
        last = Number(line);
        if (last >= first + count - 1) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve(last));
    });

  it(
    'keeps all that was committed when its process is killed, and opens without any clean-up',
    { timeout: 120_000 },
    async () => {
      const last = await writeAndKill(1, 25);
      await writeAndKill(last + 1_000, 25);
      const database = await openEmbeddedDatabase({ folder, sharedBuffersMb: 32 });
      const [row] = await database.transaction({ role: 'owner' }, (sql) =>
        sql.query(
          `SELECT count(*) FILTER (WHERE n BETWEEN 1 AND $1)::integer AS first, count(*)::integer AS all, min(length(filler)) AS filler FROM public.kept`,
          [last],
        ),
      );
      await database.close();
      expect(row).toMatchObject({ first: last, filler: 2_000 });
      expect(row!['all']).toBeGreaterThanOrEqual(last + 25);
    },
  );

  it('is refused to a second process in words, and free again after a close', { timeout: 120_000 }, async () => {
    const database = await openEmbeddedDatabase({ folder, sharedBuffersMb: 32 });
    const { lines } = start(1);
    const answer = await new Promise<string>((resolve) => lines.once('line', resolve));
    expect(answer).toContain(`is in use by process ${process.pid}`);
    await database.close();
    await expect(database.transaction({ role: 'owner' }, () => Promise.resolve())).rejects.toMatchObject({
      code: 'storage_failed',
    });
    const again = await openEmbeddedDatabase({ folder, sharedBuffersMb: 32 });
    await again.close();
  });

  it('goes to one of many that take over from a holder who is gone, and to nobody while that one lives', async () => {
    // A process number of another start of the machine: alive or not, it is not the holder.
    await writeFile(join(folder, 'lock.7'), JSON.stringify({ pid: process.pid, started: '1', boot: 'another' }));
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    const won = tries.filter((one) => one.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'configuration' });
    await won[0]!.value.release();
    await (await lockFolder(folder)).release();
    expect((await readdir(folder)).filter((name) => !name.startsWith('lock.'))).toEqual([]);
  });
});
