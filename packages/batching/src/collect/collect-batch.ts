import type { Amount } from '@plinth/stores';
import type { BatchStore } from '@plinth/stores/batches';
import type { ObjectContent, ObjectStore } from '@plinth/stores/objects';
import { answersOf, asBytes, failuresOf } from './line-streams.ts';

export interface CollectOptions {
  readonly store: Pick<BatchStore, 'results'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'delete'>;
  /** Shards of the batch, from 0. */
  readonly shards: number;
  /** Where the lines of a shard are. */
  readonly shardKey: (number: number) => string;
  readonly outputKey: string;
  readonly errorKey: string;
  /** What is told of records without a result. @default they are left out */
  readonly missing?: { readonly code: string; readonly message: string };
  readonly signal?: AbortSignal;
}

export interface CollectedFile extends ObjectContent {
  readonly key: string;
}

export interface CollectedBatch {
  /** Undefined where no record was answered. */
  readonly output: CollectedFile | undefined;
  /** Undefined where no record failed or is missing. */
  readonly errors: CollectedFile | undefined;
  readonly completed: number;
  readonly failed: number;
  /** Records without a result that the error file tells of. */
  readonly missing: number;
  /** Sum over all results. */
  readonly used: Amount;
}

/**
 * Writes the output and the error file of a batch of which nothing more will come, in the order of its input, holding one page of results. Written
 * again, they are the same.
 */
export async function collectBatch(batchId: string, options: CollectOptions): Promise<CollectedBatch> {
  const { objects, outputKey, errorKey, missing, signal } = options;
  const counts = { completed: 0, failed: 0, missing: 0 };
  const used = { inputTokens: 0, outputTokens: 0, nanoUsd: 0 };

  const write = async (key: string, lines: AsyncIterable<string>): Promise<CollectedFile | undefined> => {
    const bounds = { maxBytes: Number.MAX_SAFE_INTEGER, contentType: 'application/jsonl', signal };
    const { bytes, sha256 } = await objects.put(key, asBytes(lines), bounds);
    if (bytes > 0) return { key, bytes, sha256 };
    // Only its end tells that a file is empty.
    await objects.delete(key, { signal });
    return undefined;
  };
  const output = await write(
    outputKey,
    answersOf(batchId, options, (result) => {
      counts[result.failed ? 'failed' : 'completed'] += 1;
      used.inputTokens += result.used.inputTokens;
      used.outputTokens += result.used.outputTokens;
      used.nanoUsd += result.used.nanoUsd;
    }),
  );
  const errors =
    counts.failed === 0 && missing === undefined
      ? undefined
      : await write(
          errorKey,
          failuresOf(batchId, options, () => (counts.missing += 1)),
        );
  return { ...counts, used, output, errors };
}
