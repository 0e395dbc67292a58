import { PlatformError, type BatchLine } from '@plinth/contracts';
import type { ShardCard } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import { scanLines } from '../split/line-scanner.ts';

/** A record and its place in the shard, from 0. */
export interface PlacedRecord {
  readonly ordinal: number;
  readonly line: BatchLine;
}

/** The records of a shard, in order, read as far as they are asked for. They were checked when the file was cut. */
export async function* shardRecords(
  objects: Pick<ObjectStore, 'get'>,
  shard: Pick<ShardCard, 'key'>,
  options: { readonly signal?: AbortSignal; readonly skip?: (ordinal: number) => boolean } = {},
): AsyncGenerator<PlacedRecord> {
  const { signal, skip = () => false } = options;
  const object = await objects.get(shard.key, { signal });
  if (object === undefined)
    throw new PlatformError('storage_failed', `The lines of a shard are not in the store (${shard.key}).`);
  let ordinal = 0;
  try {
    for await (const lines of scanLines(object.body as AsyncIterable<Uint8Array>, Number.MAX_SAFE_INTEGER))
      for (const { bytes } of lines) {
        if (!skip(ordinal)) yield { ordinal, line: JSON.parse(bytes!.toString()) as BatchLine };
        ordinal += 1;
      }
  } finally {
    object.body.destroy();
  }
}
