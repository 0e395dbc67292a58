import { openEmbeddedBatches } from '@plinth/stores/batches/embedded';

/** `fill` writes the results of many records; `reload` opens what is there and learns all that a worker wants to know of it. */
const [, , what = '', folder = ''] = process.argv;
const SHARDS = 200;
const RECORDS = 5_000;
const batchId = 'batch_1';
const from = performance.now();
const store = await openEmbeddedBatches({ folder });
const shards = Array.from({ length: SHARDS }, (_, number) => ({
  batchId,
  number,
  records: RECORDS,
  key: `s/${number}`,
}));
if (what === 'fill') {
  await store.addShards(shards);
  const line = JSON.stringify({ id: 'batch_req_1_1_1', custom_id: 'r1', response: { body: 'x'.repeat(300) } });
  const used = { inputTokens: 20, outputTokens: 100, nanoUsd: 1_000 };
  for (const shard of await store.openShards(batchId, SHARDS)) {
    const lease = (await store.take(shard, 'filler'))!;
    await store.commit(
      lease,
      Array.from({ length: RECORDS }, (_, ordinal) => ({ ordinal, line, failed: false, used })),
    );
  }
} else {
  const opened = performance.now() - from;
  await store.openBatches(1_000);
  const open = await store.openShards(batchId, 1_000);
  const progress = await store.progress(batchId);
  const known = performance.now() - from;
  let committed = 0;
  for (const shard of open) committed += (await store.committed({ ...shard, holder: 'filler' })).length;
  const all = performance.now() - from;
  console.log(JSON.stringify({ opened, known, all, completed: progress.completed, committed }));
}
await store.close();
