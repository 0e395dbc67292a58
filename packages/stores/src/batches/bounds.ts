import { PlatformError } from '@plinth/contracts';
import type { BatchRecord, FileRecord, Lease, RecordResult, ShardCard } from './batch-store.ts';

export const BATCH_BOUNDS = {
  idLength: 128,
  /** JSON bytes of a file's or a batch's card. */
  cardBytes: 300 * 1024,
  listed: 100,
  /** Batches or shards one call may ask for. */
  open: 1_000,
  shards: 100_000,
  shardRecords: 50_000,
  commitResults: 10_000,
  /** Bytes of the lines of one commit. */
  commitBytes: 32 * 1024 * 1024,
} as const;

/** These are mistakes of the caller, so the code is `internal`. */
const wrong = (message: string) => new PlatformError('internal', message);

const isWhole = (value: number, below: number) => Number.isInteger(value) && value >= 0 && value < below;

export function checkName(value: string, what: string): void {
  if (value.length === 0 || value.length > BATCH_BOUNDS.idLength)
    throw wrong(`${what} must have 1 to ${BATCH_BOUNDS.idLength} characters.`);
}

/** The card as text, for whoever keeps it. */
export function serializeCard(card: FileRecord | BatchRecord): string {
  checkName(card.id, 'An id');
  checkName(card.tenant, 'A tenant');
  const json = JSON.stringify(card);
  if (Buffer.byteLength(json) > BATCH_BOUNDS.cardBytes)
    throw new PlatformError(
      'request_too_large',
      `What is kept of one file or batch is at most ${BATCH_BOUNDS.cardBytes / 1024} KB. Keep fewer errors or less metadata.`,
    );
  return json;
}

export function checkShard(shard: ShardCard): void {
  checkName(shard.batchId, 'A batch id');
  if (!isWhole(shard.number, BATCH_BOUNDS.shards))
    throw wrong(`Shards are numbered from 0, at most ${BATCH_BOUNDS.shards} of them.`);
  if (!isWhole(shard.records - 1, BATCH_BOUNDS.shardRecords))
    throw wrong(`A shard has 1 to ${BATCH_BOUNDS.shardRecords} records.`);
}

/** Bytes of all lines. */
export function checkResults({ records }: Lease, results: readonly RecordResult[]): number {
  let bytes = 0;
  for (const { ordinal, line, used } of results) {
    if (!isWhole(ordinal, records)) throw wrong(`A shard of ${records} records has no record ${ordinal}.`);
    for (const value of [used.inputTokens, used.outputTokens, used.nanoUsd])
      if (!isWhole(value, Number.MAX_SAFE_INTEGER)) throw wrong('Use is told in whole numbers, 0 or more.');
    bytes += Buffer.byteLength(line);
  }
  if (results.length > BATCH_BOUNDS.commitResults || bytes > BATCH_BOUNDS.commitBytes)
    throw new PlatformError(
      'request_too_large',
      `One commit takes ${BATCH_BOUNDS.commitResults} results of ${BATCH_BOUNDS.commitBytes / 1024 / 1024} MB together. Commit in parts.`,
    );
  return bytes;
}

export const listLimit = (wanted: number): number => Math.max(1, Math.min(BATCH_BOUNDS.listed, Math.trunc(wanted)));
export const openLimit = (wanted: number): number => Math.max(1, Math.min(BATCH_BOUNDS.open, Math.trunc(wanted)));

export const leaseLost = (cause?: unknown): PlatformError =>
  new PlatformError('conflict', 'lease_lost: somebody else has this shard now. Drop what is under way.', { cause });

export const revisionPassed = (cause?: unknown): PlatformError =>
  new PlatformError('conflict', 'The batch has been changed meanwhile. Read it again and decide anew.', { cause });

export const batchExists = (id: string, cause?: unknown): PlatformError =>
  new PlatformError('conflict', `A batch "${id}" exists already; make a new id.`, { cause });

export const noSuch = (what: 'file' | 'batch', id: string): PlatformError =>
  new PlatformError('not_found', `There is no ${what} "${id.slice(0, BATCH_BOUNDS.idLength)}".`);
