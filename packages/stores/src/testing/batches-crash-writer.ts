import { writeSync } from 'node:fs';
import { openEmbeddedBatches } from '../batches/embedded/index.ts';
import { aResult, aShard, takeNow } from './batch-harness.ts';

/**
 * Commits results, four records at a time, until it is killed. Says on standard output what it begins and what it has been promised, a
 * line each, with a synchronous write, so that what was said survives the kill.
 */
const [, , folder = '', batchId = ''] = process.argv;
const say = (line: string) => writeSync(1, `${line}\n`);
const SHARDS = 8;
const RECORDS = 40_000;

const store = await openEmbeddedBatches({ folder });
await store.addShards(Array.from({ length: SHARDS }, (_, number) => aShard(batchId, number, RECORDS)));

async function worker(number: number): Promise<void> {
  const lease = await takeNow(store, batchId, number);
  for (let first = 0; first < RECORDS; first += 4) {
    say(`commit ${number} ${first}`);
    await store.commit(
      lease,
      [3, 0, 2, 1].map((next) => aResult(first + next)),
    );
    say(`committed ${number} ${first}`);
  }
}

await Promise.all(Array.from({ length: SHARDS }, (_, number) => worker(number)));
