import type { BatchProgress } from '@plinth/contracts';
import type { AsyncCall } from '@plinth/batching';
import type { Clock } from '@plinth/stores';
import type { ObjectStore } from '@plinth/stores/objects';
import { asyncCalls, keyIn } from '../engines/async-calls.ts';
import { ASYNC_CALL_SECONDS, ASYNC_WAIT_SECONDS } from '../engines/async-endpoint.ts';
import { inOrder } from '../in-order.ts';
import { RECORDS_AT_ONCE } from './begin-shard.ts';
import type { AboutShard } from './step-parts.ts';

/** After which SageMaker has given up a call, with a quarter of an hour to spare for clocks. */
const GIVEN_UP_MS = (ASYNC_WAIT_SECONDS + ASYNC_CALL_SECONDS + 900) * 1_000;

/** Whether every call has come to something. Stops at the first that has not: it is asked again soon. */
export async function checkAsync(
  about: AboutShard,
  { objects, clock }: { readonly objects: ObjectStore; readonly clock: Clock },
  signal: AbortSignal,
): Promise<BatchProgress> {
  const isThere = async (uri: string) => (await objects.head(keyIn(uri), { signal })) !== undefined;
  const isDone = async ({ output, failure, at }: AsyncCall) =>
    (await isThere(output)) || (await isThere(failure)) || clock.now() - at > GIVEN_UP_MS;
  for await (const done of inOrder(asyncCalls(objects, about, signal), RECORDS_AT_ONCE, isDone))
    if (!done) return { done: false };
  return { done: true };
}
