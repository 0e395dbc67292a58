import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle } from '../../testing/bundle.ts';
import { bundleWithWorker } from '../../testing/bundle.ts';
import { resultsOf } from '../../testing/index.ts';
import { runAndKill } from '../../testing/run-and-kill.ts';
import type { BatchStore } from '../batch-store.ts';
import { openEmbeddedBatches } from './index.ts';

/** Results by whom they were begun and promised: `<shard> <first record>`. */
interface Said {
  readonly begun: Set<string>;
  readonly promised: Set<string>;
}

async function check(store: BatchStore, batchId: string, { begun, promised }: Said): Promise<void> {
  const kept = new Map<string, number>();
  let completed = 0;
  for (let shard = 0; shard < 8; shard++)
    for (const { ordinal } of await resultsOf(store, batchId, shard)) {
      const name = `${shard} ${ordinal - (ordinal % 4)}`;
      kept.set(name, (kept.get(name) ?? 0) + 1);
      completed += 1;
    }
  for (const [name, count] of kept) expect([name, count, begun.has(name)]).toEqual([name, 4, true]);
  for (const name of promised) expect(kept.has(name)).toBe(true);
  const used = { inputTokens: completed, outputTokens: 2 * completed, nanoUsd: 3 * completed };
  expect(await store.progress(batchId)).toEqual({ completed, failed: 0, used, shardsLeft: 8 });
}

describe('a process that commits results', () => {
  let bundle: Bundle;
  let folder: string;
  beforeAll(async () => {
    bundle = await bundleWithWorker(new URL('../../testing/batches-crash-writer.ts', import.meta.url));
    folder = await mkdtemp(join(tmpdir(), 'plinth-batches-crash-'));
  });
  afterAll(async () => {
    await bundle.remove();
    await rm(folder, { recursive: true });
  });

  it('loses no commit it was promised and leaves none half done when it is killed, 10 times over', async () => {
    const rounds = new Map<string, Said>();
    let promises = 0;
    for (let round = 0; round < 10; round++) {
      const batchId = `batch-${round}`;
      const said: Said = { begun: new Set(), promised: new Set() };
      const args = [bundle.main, join(folder, 'data'), batchId];
      for (const line of await runAndKill(args, join(folder, 'said'), 1 + 3_001 * round)) {
        const [what, shard, first] = line.split(' ');
        said[what === 'commit' ? 'begun' : 'promised'].add(`${shard} ${first}`);
      }
      rounds.set(batchId, said);
      promises += said.promised.size;
      const store = await openEmbeddedBatches({ folder: join(folder, 'data') });
      // The rounds before as well: a kill must not reach back.
      for (const [id, before] of rounds) await check(store, id, before);
      await store.close();
    }
    expect(promises).toBeGreaterThan(1_000);
  }, 180_000);
});
