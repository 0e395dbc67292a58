import { asyncCallLine, asyncRequestName, objectIn, ordinalOf, textLines, type AsyncCall } from '@plinth/batching';
import { PlatformError, type BatchProgress } from '@plinth/contracts';
import type { Clock } from '@plinth/stores';
import type { ObjectStore } from '@plinth/stores/objects';
import { asyncCalls } from '../engines/async-calls.ts';
import type { AsyncEndpoint } from '../engines/async-endpoint.ts';
import { inOrder } from '../in-order.ts';
import { runKeys } from '../places.ts';
import { RECORDS_AT_ONCE } from './begin-shard.ts';
import type { AboutShard } from './step-parts.ts';

export interface InvokeAsyncParts {
  readonly objects: ObjectStore;
  /** Undefined where the stack has none. */
  readonly endpoint: AsyncEndpoint | undefined;
  readonly clock: Clock;
}

/** Calls that are written down together: so many may be made twice when a try breaks off. */
const CALLS_A_FILE = 50;

/** Hands in a request for every record that `begin-shard` left, but for those that were handed in before. */
export async function invokeAsync(
  { batchId, shard }: AboutShard,
  { objects, endpoint, clock }: InvokeAsyncParts,
  signal: AbortSignal,
): Promise<BatchProgress> {
  if (endpoint === undefined)
    throw new PlatformError('configuration', 'The asynchronous endpoint is off here. Set PLINTH_ASYNC_ENDPOINT.');
  const made = new Set<number>();
  for await (const { ordinal } of asyncCalls(objects, { batchId, shard }, signal)) made.add(ordinal);
  let calls: AsyncCall[] = [];
  const keep = async () => {
    const [first] = calls;
    if (first === undefined) return;
    const key = `${runKeys.calls(batchId, shard)}${String(first.ordinal).padStart(10, '0')}.jsonl`;
    const body = Buffer.from(calls.map((call) => `${asyncCallLine(call)}\n`).join(''));
    calls = [];
    await objects.put(key, body, { contentType: 'application/jsonl', maxBytes: body.length, signal });
  };
  const hand = async ({ ordinal, body }: Request): Promise<AsyncCall> => {
    const name = `${batchId}/${shard.number}/${asyncRequestName(ordinal)}`;
    return { ordinal, at: clock.now(), ...(await endpoint.invoke(name, body, signal)) };
  };
  for await (const call of inOrder(requests(objects, { batchId, shard }, made, signal), RECORDS_AT_ONCE, hand)) {
    calls.push(call);
    if (calls.length >= CALLS_A_FILE) await keep();
  }
  await keep();
  return { done: false };
}

interface Request {
  readonly ordinal: number;
  readonly body: string;
}

async function* requests(
  objects: ObjectStore,
  { batchId, shard }: Pick<AboutShard, 'batchId' | 'shard'>,
  made: ReadonlySet<number>,
  signal: AbortSignal,
): AsyncGenerator<Request> {
  const object = await objects.get(runKeys.asked(batchId, 'async', shard), { signal });
  if (object === undefined) throw new PlatformError('storage_failed', 'What the endpoint is to be asked is not there.');
  for await (const line of textLines(object.body as AsyncIterable<Uint8Array>)) {
    const { recordId, body } = objectIn(line) ?? {};
    const ordinal = ordinalOf(recordId);
    if (ordinal !== undefined && !made.has(ordinal)) yield { ordinal, body: JSON.stringify(body) };
  }
}
