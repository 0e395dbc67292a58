import { asyncAnswer, bedrockLines, textLines, transformLines, type EngineAnswer } from '@plinth/batching';
import type { BatchEngine, BatchShard } from '@plinth/contracts';
import type { ObjectStore } from '@plinth/stores/objects';
import { inOrder } from '../in-order.ts';
import { runKeys } from '../places.ts';
import { asyncCalls, textAt } from './async-calls.ts';

export interface AnsweredShard {
  readonly batchId: string;
  readonly engine: BatchEngine;
  readonly shard: BatchShard;
  readonly records: number;
}

const AT_ONCE = 16;

/** What an engine has answered to a shard so far, in the order in which it lies there. What cannot be read, or speaks of no record, is left out. */
export async function* engineAnswers(
  objects: ObjectStore,
  { batchId, engine, shard, records }: AnsweredShard,
  signal: AbortSignal,
): AsyncGenerator<EngineAnswer> {
  const answers =
    engine === 'async'
      ? ofCalls(objects, { batchId, shard }, signal)
      : ofFiles(objects, { batchId, engine, shard }, signal);
  for await (const answer of answers) if (answer !== undefined && answer.ordinal < records) yield answer;
}

/** A job writes `<its input file>.out`, Bedrock's in a folder of its own; a shard that was submitted again has several. */
async function* ofFiles(
  objects: ObjectStore,
  { batchId, engine, shard }: Omit<AnsweredShard, 'records'>,
  signal: AbortSignal,
): AsyncGenerator<EngineAnswer | undefined> {
  const { read } = engine === 'bedrock' ? bedrockLines : transformLines;
  for await (const page of objects.list(runKeys.answers(batchId, shard), { signal }))
    for (const { key } of page) {
      if (!key.endsWith('.jsonl.out')) continue;
      const object = await objects.get(key, { signal });
      if (object === undefined) continue;
      for await (const line of textLines(object.body as AsyncIterable<Uint8Array>)) yield read(line);
    }
}

async function* ofCalls(
  objects: ObjectStore,
  about: Pick<AnsweredShard, 'batchId' | 'shard'>,
  signal: AbortSignal,
): AsyncGenerator<EngineAnswer | undefined> {
  yield* inOrder(asyncCalls(objects, about, signal), AT_ONCE, async ({ ordinal, output, failure }) => {
    const answer = await textAt(objects, output, signal);
    if (answer !== undefined) return asyncAnswer(ordinal, { answer });
    const why = await textAt(objects, failure, signal);
    return why === undefined ? undefined : asyncAnswer(ordinal, { failure: why });
  });
}
