import type { BatchStore } from '@plinth/stores/batches';
import { openDynamoBatches, type DynamoBatchesOptions } from '@plinth/stores/batches/aws';
import { createS3Client, openS3Objects } from '@plinth/stores/objects/aws';
import type { Buckets } from './places.ts';

export interface BucketsOptions {
  readonly region: string;
  readonly PLINTH_INPUT_BUCKET: string;
  readonly PLINTH_OUTPUT_BUCKET: string;
}

/** The folder of the output bucket that people's files lie in. */
export const RESULTS = 'results/';

export function openBuckets({ region, PLINTH_INPUT_BUCKET, PLINTH_OUTPUT_BUCKET }: BucketsOptions): Buckets {
  const client = createS3Client({ region });
  return {
    input: openS3Objects({ client, bucket: PLINTH_INPUT_BUCKET }),
    output: openS3Objects({ client, bucket: PLINTH_OUTPUT_BUCKET }),
    results: openS3Objects({ client, bucket: PLINTH_OUTPUT_BUCKET, prefix: RESULTS }),
  };
}

/** Cards and shards in the job table, results of records beside what engines write. */
export function openBatches(client: DynamoBatchesOptions['client'], table: string, { output }: Buckets): BatchStore {
  return openDynamoBatches({ client, table, objects: output });
}
