import type { BatchEngine, BatchShard } from '@plinth/contracts';
import type { ObjectStore } from '@plinth/stores/objects';
import { objectKeys } from '../object-keys.ts';

/** The two buckets of a batch: what people send and engines read; what engines write and people get. */
export interface Buckets {
  readonly input: ObjectStore;
  readonly output: ObjectStore;
  /** The folder of `output` that people get files from. */
  readonly results: ObjectStore;
}

type Shard = Pick<BatchShard, 'number'>;

/** Where a run keeps its part of a batch. The stack grants folders of these names: see its `places.ts`. */
export const runKeys = {
  /** Input: one line a shard. */
  manifest: (batchId: string) => `${objectKeys.shardsOf(batchId)}manifest.jsonl`,
  /** Input: a shard as its engine reads it. */
  asked: (batchId: string, engine: BatchEngine, { number }: Shard) =>
    `${objectKeys.shardsOf(batchId)}${engine}/${number}.jsonl`,
  /** Input: which calls the asynchronous endpoint took, a file for every so many. */
  calls: (batchId: string, { number }: Shard) => `${objectKeys.shardsOf(batchId)}async-calls/${number}/`,
  /** Output: what engines wrote of a shard, beside the parts of its results. */
  answers: (batchId: string, { number }: Shard) => `parts/${batchId}/${number}/`,
} as const;

/** A shard's number as the store counts them. */
export const shardNumber = ({ number }: Shard): number => Number(number);

/** The same as the workflow names it. */
export const shardName = (number: number): string => String(number).padStart(5, '0');
