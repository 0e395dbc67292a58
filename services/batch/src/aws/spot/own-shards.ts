import type { BatchShard } from '@plinth/contracts';
import type { BatchWorkerOptions } from '@plinth/batching';
import type { BatchStore, OpenShard } from '@plinth/stores/batches';
import { shardNumber } from '../places.ts';

/** A part of one batch that one job works through. */
export interface ShardTask {
  readonly tenant: string;
  readonly batchId: string;
  readonly shards: readonly BatchShard[];
}

/** The store as far as a job's own shards go: a worker over it sees nothing else, and so takes nothing else. */
export function ownShards(store: BatchStore, { tenant, batchId, shards }: ShardTask): BatchWorkerOptions['store'] {
  return {
    openBatches: async () => {
      const batch = await store.getBatch(tenant, batchId);
      return batch?.status === 'in_progress' ? [batch] : [];
    },
    openShards: async (_, limit) => (await openOf(store, { batchId, shards })).slice(0, limit),
    take: (seen, holder) => store.take(seen, holder),
    beat: (lease) => store.beat(lease),
    committed: (lease) => store.committed(lease),
    commit: (lease, results) => store.commit(lease, results),
    finish: (lease) => store.finish(lease),
    release: (lease) => store.release(lease),
    progress: (id) => store.progress(id),
  };
}

/** Those of a job's shards that are not finished, in order. */
export async function openOf(
  store: Pick<BatchStore, 'openShards'>,
  { batchId, shards }: Pick<ShardTask, 'batchId' | 'shards'>,
): Promise<readonly OpenShard[]> {
  const found = await Promise.all(
    shards.map(async (shard) => {
      const number = shardNumber(shard);
      const [open] = await store.openShards(batchId, 1, number);
      return open?.number === number ? [open] : [];
    }),
  );
  return found.flat();
}
