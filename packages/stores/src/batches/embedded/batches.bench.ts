import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aResult, aShard, takeNow } from '../../testing/batch-harness.ts';
import type { BatchStore, Lease } from '../batch-store.ts';
import { openEmbeddedBatches } from './open.ts';

/**
 * Latency and CPU (both threads) of commits of 64 results, then a batch of a million records as it is opened again.
 * `npx tsx src/batches/embedded/batches.bench.ts [records]`
 */
const RECORDS = Number(process.argv[2] ?? 1_000_000);
const SHARD_RECORDS = 5_000;
const SHARDS = Math.ceil(RECORDS / SHARD_RECORDS);
const AT_ONCE = 64;
/** A short chat answer as a line of the output file. */
const LINE = JSON.stringify({ id: 'r', custom_id: 'c', response: { body: 'x'.repeat(500) }, error: null });

function results(first: number, count: number) {
  return Array.from({ length: count }, (_, index) => aResult(first + index, { line: LINE }));
}

async function fill(store: BatchStore, lease: Lease, times: number[]): Promise<void> {
  for (let first = 0; first < SHARD_RECORDS; first += AT_ONCE) {
    const part = results(first, Math.min(AT_ONCE, SHARD_RECORDS - first));
    const started = performance.now();
    await store.commit(lease, part);
    times.push(performance.now() - started);
  }
}

const ms = (value: number) => `${value.toFixed(2)} ms`;

function tell(what: string, times: number[], cpu: NodeJS.CpuUsage): void {
  times.sort((a, b) => a - b);
  const at = (q: number) => ms(times[Math.floor(q * (times.length - 1))]!);
  const used = (cpu.user + cpu.system) / 1_000 / times.length;
  console.log(`${what.padEnd(36)} p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}, ${ms(used)} CPU each`);
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const answer = await work();
  console.log(`${what.padEnd(36)} ${ms(performance.now() - started)}`);
  return answer;
}

const folder = await mkdtemp(join(tmpdir(), 'plinth-batches-bench-'));
try {
  const store = await openEmbeddedBatches({ folder });
  await store.addShards(Array.from({ length: SHARDS }, (_, number) => aShard('b', number, SHARD_RECORDS)));
  for (const workers of [1, 4]) {
    const times: number[] = [];
    const leases = await Promise.all(
      Array.from({ length: workers }, (_, index) => takeNow(store, 'b', workers - 1 + index)),
    );
    const before = process.cpuUsage();
    await Promise.all(leases.map((lease) => fill(store, lease, times)));
    tell(`64 results, ${workers} at once`, times, process.cpuUsage(before));
  }
  for (let number = 5; number < SHARDS; number++) {
    const lease = await takeNow(store, 'b', number);
    await store.commit(lease, results(0, SHARD_RECORDS));
    await store.finish(lease);
  }
  console.log(`${'resident'.padEnd(36)} ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
  await timed('closed', () => store.close());
  const again = await timed('opened again', () => openEmbeddedBatches({ folder }));
  const { completed } = await timed('progress', () => again.progress('b'));
  await timed('open shards', () => again.openShards('b', 1_000));
  const lease = await takeNow(again, 'b', 1);
  await timed('committed records of a shard', () => again.committed(lease));
  let read = 0;
  await timed('results of all shards', async () => {
    for (let number = 0; number < SHARDS; number++)
      for await (const page of again.results({ batchId: 'b', number })) read += page.length;
  });
  console.log(
    `${completed} records committed, ${read} read, ${Math.round(process.memoryUsage.rss() / 1e6)} MB resident`,
  );
  await timed('dropped', () => again.dropShards('b'));
  await again.close();
} finally {
  await rm(folder, { recursive: true });
}
