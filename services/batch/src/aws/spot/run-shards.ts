import { BatchWorker, systemTimers, type BatchWorkerOptions } from '@plinth/batching';
import type { BatchStore } from '@plinth/stores/batches';
import { openOf, ownShards, type ShardTask } from './own-shards.ts';

export interface RunShardsOptions extends Omit<BatchWorkerOptions, 'store' | 'prepare' | 'conclude' | 'windows'> {
  readonly store: BatchStore;
  readonly task: ShardTask;
  readonly interruption: AbortSignal;
}

/** `done`: nothing of the task is left, or its batch is not run any more. `interrupted`: whoever comes next goes on from the last commit. */
export type TaskEnd = 'done' | 'interrupted';

/** Works through the shards of one task, and through no other. */
export async function runShards(options: RunShardsOptions): Promise<TaskEnd> {
  const { store, task, interruption, timers = systemTimers, pollMs = 2_000 } = options;
  const worker = new BatchWorker({ ...options, store: ownShards(store, task) });
  const isDone = async () => {
    const batch = await store.getBatch(task.tenant, task.batchId);
    return batch?.status !== 'in_progress' || (await openOf(store, task)).length === 0;
  };
  worker.start();
  try {
    for (;;) {
      // A shard may be held by a job that has lost its machine, and another's failure may want time: then it waits.
      await Promise.race([worker.whenIdle(), aborted(interruption)]);
      if (interruption.aborted) return 'interrupted';
      if (await isDone()) return 'done';
      await timers.wait(pollMs, interruption);
    }
  } finally {
    await worker.stop();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
