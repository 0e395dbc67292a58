import type { BatchEndpoint, BatchError, BatchLine } from '@plinth/contracts';
import type { ShardCard } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import { CheckedFile } from './checked-file.ts';

export const SPLIT_DEFAULTS = {
  recordsPerShard: 5_000,
  maxRecords: 1_000_000,
  maxLineBytes: 4 * 1024 * 1024,
  maxErrors: 100,
} as const;

/** Of shards on their way to the store. */
const PUTS_AT_ONCE = 2;

export interface SplitOptions {
  readonly batchId: string;
  readonly endpoint: BatchEndpoint;
  /** Whether there is a model of this name. */
  readonly knowsModel: (name: string) => boolean;
  readonly objects: Pick<ObjectStore, 'put' | 'delete'>;
  /** Where the lines of a shard are put. */
  readonly shardKey: (number: number) => string;
  /** Told of every record, in order: to add up what it may cost. */
  readonly onRecord?: (record: BatchLine) => void;
  /** @default 5,000 */
  readonly recordsPerShard?: number;
  /** @default 1,000,000 */
  readonly maxRecords?: number;
  /** @default 4 MiB */
  readonly maxLineBytes?: number;
  /** Mistakes told of one file; it is not read further. @default 100 */
  readonly maxErrors?: number;
  readonly signal?: AbortSignal;
}

export interface SplitResult {
  readonly records: number;
  /** Empty when there are errors. */
  readonly shards: readonly ShardCard[];
  /** What all records name; undefined of a file without any. */
  readonly model: string | undefined;
  /** Not empty: the batch fails, as OpenAI's do, and no record of it is run. */
  readonly errors: readonly BatchError[];
}

/**
 * Cuts a file into shards of whole lines while it comes in, holding one line and the hashes of its ids. Every line is checked; from the first
 * mistake on nothing more is written, and what was is taken away. Cut again, the same file gives the same shards.
 */
export async function splitFile(input: AsyncIterable<Uint8Array>, options: SplitOptions): Promise<SplitResult> {
  const { batchId, objects, shardKey, signal, recordsPerShard = SPLIT_DEFAULTS.recordsPerShard } = options;
  const file = new CheckedFile(input, {
    ...options,
    maxRecords: options.maxRecords ?? SPLIT_DEFAULTS.maxRecords,
    maxLineBytes: options.maxLineBytes ?? SPLIT_DEFAULTS.maxLineBytes,
    maxErrors: options.maxErrors ?? SPLIT_DEFAULTS.maxErrors,
  });
  const shards: ShardCard[] = [];
  const puts: Promise<unknown>[] = [];
  try {
    while (await file.more()) {
      const number = shards.length;
      const key = shardKey(number);
      const before = file.records;
      const body = drained(file.next(recordsPerShard));
      const put = objects.put(key, body, { maxBytes: Number.MAX_SAFE_INTEGER, signal });
      // It is awaited below, which may be after it has failed.
      put.catch(() => undefined);
      puts.push(put);
      // The next one is read while this one is made durable.
      await Promise.race([body.end, put]);
      if (puts.length > PUTS_AT_ONCE) await puts.shift();
      shards.push({ batchId, number, key, records: file.records - before });
    }
    await Promise.all(puts);
    const { records, model, errors } = file;
    if (errors.length === 0) return { records, shards, model, errors };
    for (const { key } of shards) await objects.delete(key, { signal });
    return { records, shards: [], model, errors };
  } finally {
    await file.close();
  }
}

function drained<T>(parts: AsyncIterable<T>): AsyncIterable<T> & { readonly end: Promise<void> } {
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (ended = resolve));
  async function* read(): AsyncGenerator<T> {
    yield* parts;
    ended();
  }
  return Object.assign(read(), { end });
}
