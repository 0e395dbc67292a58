import type { ObjectStore } from '@plinth/stores/objects';
import { objectKeys } from '../object-keys.ts';

const AT_ONCE = 16;

/** Takes the lines of a batch's shards out of the object store. */
export async function dropShardObjects(
  objects: Pick<ObjectStore, 'list' | 'delete'>,
  batchId: string,
  signal?: AbortSignal,
): Promise<void> {
  for await (const page of objects.list(objectKeys.shardsOf(batchId), { signal }))
    for (let at = 0; at < page.length; at += AT_ONCE)
      await Promise.all(page.slice(at, at + AT_ONCE).map(({ key }) => objects.delete(key, { signal })));
}
