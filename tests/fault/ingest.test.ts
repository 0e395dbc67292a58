import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { IngestTrial } from '@plinth/ingest/testing/trial';

it('kill -9 while documents come in: each acknowledged is found, none twice', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-ingest-'));
  try {
    const trial = new IngestTrial(folder);
    for (const [last, bytes] of [
      [30, 6],
      [45, 250],
      [60, 400],
    ] as const)
      expect(await trial.run(last, bytes)).toBe('killed');
    expect(await trial.run(60)).toBe('finished');
    await trial.check();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
