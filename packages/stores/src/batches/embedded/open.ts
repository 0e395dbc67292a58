import { prepareFile } from '../../embedded/prepare-file.ts';
import { GroupCommit } from '../../embedded/group-commit.ts';
import { workerUrl } from '../../embedded/worker-url.ts';
import type { BatchStore } from '../batch-store.ts';
import { EmbeddedBatchStore } from './embedded-batch-store.ts';

export interface EmbeddedBatchesOptions {
  /** Made if it is not there, readable by its owner only. */
  readonly folder: string;
  /**
   * False lets the operating system write when it likes: a power cut loses what was promised.
   * @default true
   */
  readonly durable?: boolean;
}

export const BATCHES_FILE = 'batches.db';

/** Files' cards, batches, shards and results in one SQLite file in `folder`. Several processes may have it open at once. */
export async function openEmbeddedBatches(options: EmbeddedBatchesOptions): Promise<BatchStore> {
  const { folder, durable = true } = options;
  const file = await prepareFile(folder, BATCHES_FILE);
  const url = workerUrl('batches-worker', import.meta.url);
  return new EmbeddedBatchStore(await GroupCommit.open({ file, durable, chain: '' }, url));
}
