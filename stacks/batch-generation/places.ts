import type { LedgerTable, ObjectPrefix, Placement, PrivateBucket, RecordsTable } from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';

/** Where a batch lives, whoever works on it. */
export interface Places {
  readonly placement: Placement;
  readonly dataKeyArn: pulumi.Output<string>;
  readonly input: PrivateBucket;
  readonly output: PrivateBucket;
  /** Batches, files, shards and checkpoints. */
  readonly jobs: RecordsTable;
  readonly ledger: LedgerTable;
}

/**
 * Folders of the two buckets. What people send and what they get are apart from what engines read and write, so that no engine sees a
 * file it has no part in.
 */
export const FOLDERS = {
  /** Input: files as uploaded. */
  files: 'files/',
  /** Input: shards and their manifest, by batch. */
  shards: 'shards/',
  /** Output: what engines wrote, by batch and shard. */
  parts: 'parts/',
  /** Output: what became of each shard, as the distributed map tells it. */
  runs: 'runs/',
  /** Output: result and error files of batches. */
  results: 'results/',
  /** Output: requests and answers of the asynchronous endpoint. */
  async: 'async/',
} as const;

export const inputUnder = ({ input }: Pick<Places, 'input'>, folder: 'files' | 'shards'): ObjectPrefix => ({
  bucketName: input.bucketName,
  prefix: FOLDERS[folder],
});

export const outputUnder = (
  { output }: Pick<Places, 'output'>,
  folder: 'parts' | 'runs' | 'results' | 'async',
): ObjectPrefix => ({ bucketName: output.bucketName, prefix: FOLDERS[folder] });
