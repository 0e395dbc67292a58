import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle } from '../testing/bundle.ts';
import { bundleWithWorker } from '../testing/bundle.ts';
import { CrashTrial } from '../testing/crash-trial.ts';

describe('a process that writes to the embedded stores', () => {
  let bundle: Bundle;
  let folder: string;
  beforeAll(async () => {
    bundle = await bundleWithWorker(new URL('../testing/crash-writer.ts', import.meta.url));
    folder = await mkdtemp(join(tmpdir(), 'plinth-crash-'));
  });
  afterAll(async () => {
    await bundle.remove();
    await rm(folder, { recursive: true });
  });

  it('runs from a bundle with its worker beside it, and ends by itself once it has closed', () => {
    const args = [bundle.main, join(folder, 'bundled'), 'r', String(Date.now()), '1000', '50'];
    const run = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/closed\n$/);
  });

  it('loses nothing it was promised when it is killed, 20 times over', { timeout: 180_000 }, async () => {
    const trial = new CrashTrial(join(folder, 'killed'), bundle.main);
    for (let round = 0; round < 20; round++) await trial.killOnce(round, 1 + 3_001 * round);
    expect(trial.acknowledged).toBeGreaterThan(1_000);
  });
});
