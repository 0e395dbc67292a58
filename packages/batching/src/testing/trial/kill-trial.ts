import { once } from 'node:events';
import { expect } from 'vitest';
import { BatchTrial } from './batch-trial.ts';

/** A worker that is killed so many times, at any point of its work, and started again. @returns How many calls were made twice. */
export async function killTrial(kills: number, records: number): Promise<number> {
  const trial = await BatchTrial.open({ records, recordsPerShard: records / 20, atOnce: 16, leaseMs: 1_000 });
  try {
    const { upstream } = trial;
    let lost = 0;
    for (let kill = 1; kill <= kills; kill++) {
      const before = upstream.log.length;
      const worker = trial.start('laptop');
      // Spread over the batch, and within a call or a commit at any time of it.
      await upstream.until(before + 1 + Math.floor(Math.random() * ((2 * (records - before)) / (kills - kill + 2))));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      lost += await trial.kill(worker, before);
    }
    const [code] = (await once(trial.start('laptop'), 'close')) as [number | null];
    expect(code).toBe(0);
    await trial.check();
    expect(trial.repeated).toBeLessThanOrEqual(lost);
    return trial.repeated;
  } finally {
    await trial.close();
  }
}
