import type { BatchCreate, BatchError, BatchStatus, FilePurpose } from '@plinth/contracts';
import type { Amount, Reservation } from '../ports/ledger.ts';

/** A file's card; its bytes are an object of the same key. Times in milliseconds since the epoch, everywhere in this port. */
export interface FileRecord {
  readonly id: string;
  readonly tenant: string;
  readonly principal: string;
  readonly filename: string;
  readonly purpose: FilePurpose;
  readonly bytes: number;
  readonly sha256: string;
  /** Where its bytes are in the object store. */
  readonly key: string;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
}

/** What is known of a batch, but for what becomes of its records: that is in its shards. */
export interface BatchRecord {
  readonly id: string;
  readonly tenant: string;
  /** Who asked: the identity under whose limits and groups every record runs, as JSON that its service reads. */
  readonly principal: string;
  readonly identity: string;
  readonly request: BatchCreate;
  readonly status: BatchStatus;
  readonly createdAt: number;
  /** When each state was entered. */
  readonly entered: Readonly<Partial<Record<BatchStatus, number>>>;
  /** The deadline. */
  readonly expiresAt: number;
  /** Not started before; undefined: at once. */
  readonly startAfter: number | undefined;
  readonly engine: string | undefined;
  readonly reasons: readonly string[];
  readonly reservation: Reservation | undefined;
  /** Records of the whole file, once it is cut. */
  readonly total: number;
  readonly shards: number;
  readonly errors: readonly BatchError[];
  readonly outputFileId: string | undefined;
  readonly errorFileId: string | undefined;
  /** What it came to, once it has ended: its shards are dropped then. */
  readonly used: Amount | undefined;
  readonly counts?: { readonly completed: number; readonly failed: number } | undefined;
  /** Goes up with every change: a change names the one it was made from. */
  readonly revision: number;
}

export type BatchChange = Partial<
  Omit<BatchRecord, 'id' | 'tenant' | 'principal' | 'identity' | 'request' | 'createdAt' | 'revision'>
>;

/** A part of a batch, small enough to be done again: some hundred to some ten thousand records. */
export interface ShardCard {
  readonly batchId: string;
  /** From 0, in the order of the file. */
  readonly number: number;
  readonly records: number;
  /** Where its lines are in the object store. */
  readonly key: string;
}

/** Sums over what is committed. */
export interface ShardProgress {
  readonly completed: number;
  readonly failed: number;
  readonly used: Amount;
}

/**
 * A shard somebody could take. `token` goes up whenever it changes hands, `beat` whenever its holder says that it lives. There is no time in
 * it: whoever wants to take over watches `beat` stand still by its own clock, so that clocks need not agree.
 */
export interface OpenShard extends ShardCard {
  readonly token: number;
  readonly beat: number;
  /** Undefined when nobody holds it. */
  readonly holder: string | undefined;
}

/** The right to write into a shard, until somebody takes it over or it is finished or given back. Pass it on as it is. */
export interface Lease extends ShardCard {
  readonly token: number;
  readonly holder: string;
}

/** What became of one record. */
export interface RecordResult {
  /** Its place in the shard, from 0. */
  readonly ordinal: number;
  /** A line of the output file, or of the error file, without its end. */
  readonly line: string;
  readonly failed: boolean;
  readonly used: Amount;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly more: boolean;
}

export interface PageRequest {
  /** Id of the last one seen. */
  readonly after?: string | undefined;
  /** 1 to 100. */
  readonly limit: number;
}

/**
 * Files, batches, shards and results. Whatever resolves is durable. A tenant's files and batches are seen by that tenant alone; those who
 * work (leases) see all.
 *
 * Errors: `conflict` where a revision or a lease is no longer the one that holds (`lease_lost` in the message), `not_found` for an `after`
 * that is not there, `request_too_large` for what is over `BATCH_BOUNDS`, `storage_failed`, `overloaded`.
 */
export interface BatchStore {
  putFile(file: FileRecord): Promise<void>;
  getFile(tenant: string, id: string): Promise<FileRecord | undefined>;
  /** Newest first. */
  listFiles(tenant: string, page: PageRequest & { readonly purpose?: FilePurpose }): Promise<Page<FileRecord>>;
  deleteFile(tenant: string, id: string): Promise<boolean>;

  /** `conflict` when there is one of that id. */
  createBatch(batch: BatchRecord): Promise<void>;
  getBatch(tenant: string, id: string): Promise<BatchRecord | undefined>;
  listBatches(tenant: string, page: PageRequest): Promise<Page<BatchRecord>>;
  /** Batches that have not ended, of all tenants, those with the earliest deadline first. */
  openBatches(limit: number): Promise<readonly BatchRecord[]>;
  /** Gives the changed batch; `conflict` when `revision` is not the present one. */
  changeBatch(batch: Pick<BatchRecord, 'tenant' | 'id' | 'revision'>, change: BatchChange): Promise<BatchRecord>;

  /** Adds the shards of a batch, again or for the first time: cutting may be done twice, and what is there stays. */
  addShards(shards: readonly ShardCard[]): Promise<void>;
  /** Shards of a batch that are not finished, in order. @param from Number of the first that is looked at. @default 0 */
  openShards(batchId: string, limit: number, from?: number): Promise<readonly OpenShard[]>;
  /** Takes a shard if it still is as it was seen, with the next token. Undefined when somebody was quicker. */
  take(seen: OpenShard, holder: string): Promise<Lease | undefined>;
  /** Says that the holder lives. `conflict` when it has lost the lease. */
  beat(lease: Lease): Promise<void>;
  /** Ordinals of the records that are committed: they are not run again. */
  committed(lease: Lease): Promise<readonly number[]>;
  /** Writes results, all or none, and says that the holder lives. `conflict` when it has lost the lease. What is there already stays. */
  commit(lease: Lease, results: readonly RecordResult[]): Promise<void>;
  /** Nothing more will come. May be told again; `conflict` when the lease is lost. */
  finish(lease: Lease): Promise<void>;
  /** Gives a shard back before its end, for the next to take without a wait. Quietly nothing when the lease is lost. */
  release(lease: Lease): Promise<void>;
  /** Sums over all shards of a batch: cheap, whatever its size. */
  progress(batchId: string): Promise<ShardProgress & { readonly shardsLeft: number }>;
  /** Committed results of a shard, by ordinal. */
  results(shard: Pick<ShardCard, 'batchId' | 'number'>): AsyncIterable<readonly RecordResult[]>;
  /** Drops shards and results, once the files are written. What a crash interrupts is done by telling it again. */
  dropShards(batchId: string): Promise<void>;
  close(): Promise<void>;
}
