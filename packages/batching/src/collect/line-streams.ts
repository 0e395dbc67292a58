import type { RecordResult, ShardCard } from '@plinth/stores/batches';
import { notRun, recordId } from '../run/answer-line.ts';
import { shardRecords } from '../run/shard-records.ts';
import type { CollectOptions } from './collect-batch.ts';

type Shard = Pick<ShardCard, 'batchId' | 'number'>;

/** Characters gathered before they are written. */
const PART = 65_536;

/** The lines of the records of a batch that were answered. @param seen Told of every result, of failed records too. */
export async function* answersOf(
  batchId: string,
  options: CollectOptions,
  seen: (result: RecordResult) => void,
): AsyncGenerator<string> {
  for (let number = 0; number < options.shards; number++)
    for await (const result of resultsOf({ batchId, number }, options)) {
      seen(result);
      if (!result.failed) yield result.line;
    }
}

/** The lines of those that failed and, where they are told of, of those without a result. @param absent Called for each of the latter. */
export async function* failuresOf(
  batchId: string,
  options: CollectOptions,
  absent: () => void,
): AsyncGenerator<string> {
  const { objects, shardKey, missing, signal } = options;
  for (let number = 0; number < options.shards; number++) {
    const shard = { batchId, number };
    const results = resultsOf(shard, options);
    if (missing === undefined) {
      for await (const { failed, line } of results) if (failed) yield line;
      continue;
    }
    let result = await results.next();
    for await (const { ordinal, line } of shardRecords(objects, { key: shardKey(number) }, { signal })) {
      if (result.done !== true && result.value.ordinal === ordinal) {
        if (result.value.failed) yield result.value.line;
        result = await results.next();
      } else {
        absent();
        yield notRun(recordId(shard, ordinal), line, missing);
      }
    }
  }
}

/** Lines as bytes, each with its end. */
export async function* asBytes(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let part = '';
  for await (const line of lines) {
    part += `${line}\n`;
    if (part.length < PART) continue;
    yield Buffer.from(part);
    part = '';
  }
  if (part !== '') yield Buffer.from(part);
}

async function* resultsOf(shard: Shard, { store, signal }: CollectOptions): AsyncGenerator<RecordResult> {
  for await (const page of store.results(shard)) {
    signal?.throwIfAborted();
    yield* page;
  }
}
