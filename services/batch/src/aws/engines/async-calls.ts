import { readAsyncCall, textLines, type AsyncCall } from '@plinth/batching';
import { PlatformError, type BatchShard } from '@plinth/contracts';
import type { ObjectStore } from '@plinth/stores/objects';
import { runKeys } from '../places.ts';

/** Longest answer or failure that is read, bytes. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Calls that were made for a shard, as they were written down. */
export async function* asyncCalls(
  objects: Pick<ObjectStore, 'list' | 'get'>,
  { batchId, shard }: { readonly batchId: string; readonly shard: Pick<BatchShard, 'number'> },
  signal: AbortSignal,
): AsyncGenerator<AsyncCall> {
  for await (const page of objects.list(runKeys.calls(batchId, shard), { signal }))
    for (const { key } of page) {
      const object = await objects.get(key, { signal });
      if (object === undefined) continue;
      for await (const line of textLines(object.body as AsyncIterable<Uint8Array>)) {
        const call = readAsyncCall(line);
        if (call !== undefined) yield call;
      }
    }
}

/** Key of an object that SageMaker names, `s3://<output bucket>/<key>`. */
export function keyIn(uri: string): string {
  const key = /^s3:\/\/[^/]+\/(.+)$/.exec(uri)?.[1];
  if (key === undefined) throw new PlatformError('upstream_failed', 'SageMaker named a place that is no object of S3.');
  return key;
}

/** The object as text; undefined where it is not there, or is longer than anything that could be read. */
export async function textAt(
  objects: Pick<ObjectStore, 'get'>,
  uri: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const object = await objects.get(keyIn(uri), { signal });
  if (object === undefined) return undefined;
  if (object.bytes > MOST_BYTES) {
    object.body.destroy();
    return undefined;
  }
  const parts: Uint8Array[] = [];
  for await (const part of object.body) parts.push(part as Uint8Array);
  return Buffer.concat(parts).toString('utf8');
}
