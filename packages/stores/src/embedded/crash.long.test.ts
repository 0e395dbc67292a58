import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundleWithWorker } from '../testing/bundle.ts';
import { CrashTrial } from '../testing/crash-trial.ts';

it(
  'loses nothing it was promised when it is killed 100 times, checkpoints included',
  { timeout: 600_000 },
  async () => {
    const bundle = await bundleWithWorker(new URL('../testing/crash-writer.ts', import.meta.url));
    const folder = await mkdtemp(join(tmpdir(), 'plinth-crash-'));
    try {
      const trial = new CrashTrial(folder, bundle.main);
      for (let round = 0; round < 100; round++) await trial.killOnce(round, 1 + Math.floor(Math.random() * 200_000));
      expect(trial.acknowledged).toBeGreaterThan(10_000);
    } finally {
      await bundle.remove();
      await rm(folder, { recursive: true });
    }
  },
);
