import { once } from 'node:events';
import { expect } from 'vitest';
import { BatchTrial } from './batch-trial.ts';

const TEN_MINUTES = 600_000;

/** Two workers whose clocks are ten minutes apart; one stands still, with calls under way, for longer than its lease, and goes on. */
export async function pauseTrial(records: number): Promise<void> {
  const trial = await BatchTrial.open({ records, recordsPerShard: records / 5, atOnce: 8, leaseMs: 1_000 });
  try {
    const { upstream } = trial;
    const first = trial.start('first', TEN_MINUTES);
    await upstream.until(records / 8);
    upstream.hold();
    // Now it does nothing but wait, so it holds no lock of the database when it is stopped.
    while (upstream.held < 8) await new Promise((resolve) => setTimeout(resolve, 20));
    const committed = await trial.committed();
    const underWay = [...new Set(upstream.log.map(({ record }) => record))].filter((record) => !committed.has(record));
    expect(underWay).toHaveLength(8);
    first.kill('SIGSTOP');
    // Its answers are there when it wakes up.
    upstream.release();
    const second = trial.start('second');
    const called = () => upstream.log.filter(({ by }) => by === 'second').map(({ record }) => record);
    while (!underWay.every((record) => called().includes(record)))
      await new Promise((resolve) => setTimeout(resolve, 50));
    first.kill('SIGCONT');
    await Promise.all([once(first, 'close'), once(second, 'close')]);
    const answers = await trial.check();
    // What the first had asked for when it stood still was written by the second alone.
    for (const record of underWay)
      for (const { response } of answers.filter(({ custom_id: id }) => id === `r${record}`))
        expect(response!.body).toMatchObject({ call: 2 });
    expect(trial.repeated).toBeGreaterThanOrEqual(underWay.length);
    expect(trial.repeated).toBeLessThanOrEqual(2 * underWay.length);
  } finally {
    await trial.close();
  }
}
