import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { splitFile } from '@plinth/batching';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';

/** Cuts a file into shards, or reads and writes it as one object, and tells how long it took and what memory it had in the meantime. */
const [, , what = '', path = '', folder = ''] = process.argv;
const objects = await openEmbeddedObjects({ folder });
const { size } = await stat(path);
const mb = (bytes: number) => bytes / 1e6;
const rss: number[] = [];
const sample = setInterval(() => rss.push(process.memoryUsage.rss()), 20);
const cpu = process.cpuUsage();
const from = performance.now();
let records = 0;
if (what === 'copy') await objects.put('copy', createReadStream(path), { maxBytes: Number.MAX_SAFE_INTEGER });
else {
  const { errors, records: cut } = await splitFile(createReadStream(path, { highWaterMark: 256 * 1024 }), {
    batchId: 'batch_1',
    endpoint: '/v1/chat/completions',
    knowsModel: () => true,
    objects,
    shardKey: (number) => `shards/${number}`,
  });
  if (errors.length > 0) throw new Error(errors[0]!.message);
  records = cut;
}
const seconds = (performance.now() - from) / 1_000;
const { user, system } = process.cpuUsage(cpu);
clearInterval(sample);
const half = rss.length >> 1;
console.log(
  JSON.stringify({
    records,
    mbPerSecond: mb(size) / seconds,
    mbPerCpuSecond: mb(size) / ((user + system) / 1e6),
    firstHalfMb: mb(Math.max(...rss.slice(0, half))),
    secondHalfMb: mb(Math.max(...rss.slice(half))),
    peakMb: mb(process.resourceUsage().maxRSS * 1_024),
  }),
);
