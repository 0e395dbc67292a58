import {
  answered,
  BEDROCK_LEAST_RECORDS,
  bedrockFiller,
  bedrockLines,
  recordId,
  shardRecords,
  transformLines,
  type FileFormat,
  type PlacedRecord,
} from '@plinth/batching';
import type { BatchBegun, BatchEngine } from '@plinth/contracts';
import type { Lease, RecordResult } from '@plinth/stores/batches';
import { converseTongue } from '../engines/converse-tongue.ts';
import type { Asked } from '../detached-path.ts';
import { inOrder } from '../in-order.ts';
import { runKeys } from '../places.ts';
import { Committer } from './committer.ts';
import { batchOf, modelOf, requireUnderWay, takeShard, type AboutShard, type StepParts } from './step-parts.ts';

/** Records looked at together: a guardrail is a call for each. */
export const RECORDS_AT_ONCE = 16;
/** A shard as its engine reads it. Bedrock takes 1 GB a file. Source: Bedrock's quotas, "Batch inference input file size". */
const MOST_BYTES = 1_000_000_000;

/** How each engine's file is written. The asynchronous endpoint's is for `invoke-async`, which hands in one request after another. */
export const formatOf = (engine: BatchEngine): FileFormat => (engine === 'bedrock' ? bedrockLines : transformLines);

/** Guards the records of a shard, writes them as its engine reads them, and refuses what is to be refused. */
export async function beginShard(
  about: AboutShard & { readonly engine: BatchEngine },
  parts: StepParts,
  signal: AbortSignal,
): Promise<BatchBegun> {
  const { store, objects } = parts;
  const { batchId, engine, shard } = about;
  const batch = await batchOf(store, about);
  requireUnderWay(batch);
  const lease = await takeShard(store, about);
  if (lease === undefined) return { asked: 0 };
  const path = parts.pathOf(batch, await modelOf(parts, batchId, lease.number), engine);
  const committed = new Set(await store.committed(lease));
  const records = shardRecords(objects, lease, { signal, skip: (ordinal) => committed.has(ordinal) });
  const refusals = new Committer(store, lease);
  let asked = 0;
  async function* lines(): AsyncGenerator<string> {
    const format = formatOf(engine);
    const ask = async (record: PlacedRecord) => ({
      record,
      ...(await path.ask({ line: record.line, requestId: recordId(lease!, record.ordinal) }, signal)),
    });
    for await (const { record, ...what } of inOrder(records, RECORDS_AT_ONCE, ask))
      if ('body' in what) {
        asked += 1;
        yield format.ask(record.ordinal, what.body);
      } else await refusals.add(refusedOf(lease!, record, what));
    if (engine === 'bedrock') yield* fillers(asked);
  }
  await objects.put(runKeys.asked(batchId, engine, shard), bytes(lines()), {
    contentType: 'application/jsonl',
    maxBytes: MOST_BYTES,
    signal,
  });
  await refusals.flush();
  await store.release(lease);
  return { asked };
}

function refusedOf(lease: Lease, record: PlacedRecord, what: Extract<Asked, { outcome: unknown }>): RecordResult {
  return answered(recordId(lease, record.ordinal), record, what.outcome);
}

/** What a job lacks to be one, at the price of a token each. */
function* fillers(asked: number): Generator<string> {
  if (asked === 0) return;
  const body = converseTongue.body({ messages: [{ role: 'user', content: '.' }], maxTokens: 1, stream: false });
  for (let index = asked; index < BEDROCK_LEAST_RECORDS; index++) yield bedrockFiller(index, body);
}

const PART = 65_536;

async function* bytes(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let part = '';
  for await (const line of lines) {
    part += `${line}\n`;
    if (part.length < PART) continue;
    yield Buffer.from(part);
    part = '';
  }
  if (part !== '') yield Buffer.from(part);
}
