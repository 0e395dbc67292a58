import { writeSync } from 'node:fs';
import { collectBatch } from '../../collect/collect-batch.ts';
import { BatchWorker } from '../../run/batch-worker.ts';
import { HttpEngine } from './http-engine.ts';
import { openTrial, TRIAL } from './trial-files.ts';

/** Works on the batch of a trial until it has ended, or until it is killed. Says `ready`, and what went wrong. */
const [, , folder = '', url = '', name = '', leaseMs = '', atOnce = '', skewMs = ''] = process.argv;
const say = (line: string) => writeSync(1, `${line}\n`);

const { store, objects } = await openTrial(folder);
const engine = new HttpEngine(url, name);
const worker = new BatchWorker({
  store,
  objects,
  name,
  engineFor: () => engine,
  conclude: async (batch, { outcome, signal }) => {
    const collected = await collectBatch(batch.id, {
      store,
      objects,
      shards: batch.shards,
      shardKey: TRIAL.shardKey,
      outputKey: TRIAL.output,
      errorKey: TRIAL.errors,
      signal,
    });
    await store.changeBatch(batch, { status: outcome, used: collected.used });
  },
  pace: { max: Number(atOnce), start: Number(atOnce) },
  leaseMs: Number(leaseMs),
  pollMs: Number(leaseMs) / 5,
  clock: { now: () => Date.now() + Number(skewMs) },
  onFailure: ({ error }) => say(`failure ${error.code} ${error.message}`),
});
worker.start();
say('ready');
// The last one to look sees that there is nothing open any more.
while ((await store.openBatches(1)).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
await worker.stop();
engine.close();
await store.close();
say('finished');
