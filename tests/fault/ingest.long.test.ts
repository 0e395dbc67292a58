import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { IngestTrial } from '@plinth/ingest/testing/trial';

const KILLS = 20;
const DOCUMENTS = 1_000;

it(`kill -9, ${KILLS} times while ${DOCUMENTS} documents come in: each acknowledged is found, none twice`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-ingest-'));
  try {
    const trial = new IngestTrial(folder);
    for (let kill = 1; kill <= KILLS; kill++) {
      // The first thing it says is that it is ready; it is killed at any point of what comes then.
      const bytes = 6 + Math.floor(Math.random() * 1_000);
      expect(await trial.run(Math.floor((kill * DOCUMENTS) / KILLS), bytes)).toBe('killed');
    }
    expect(await trial.run(DOCUMENTS)).toBe('finished');
    console.log(`${trial.kills} kills, ${trial.accepted} steps acknowledged`);
    await trial.check();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
